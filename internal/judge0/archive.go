package judge0

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/stoa-cloud/stoa/internal/execution"
)

// What an archive may hold. Executions take no more files or bytes than this.
const (
	MaxArchiveFiles = 100
	MaxArchiveBytes = 8 << 20
)

// Unpack reads a zip archive into files, in memory. Like Judge0's unzip it keeps the
// first of several entries of one name, and does not touch the file called source.
// Folders go without saying; links, devices, paths that leave the folder, encrypted
// and damaged entries are refused.
func Unpack(archive []byte, source string) ([]execution.File, error) {
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, errors.New("is no zip archive")
	}
	if len(r.File) > MaxArchiveFiles {
		return nil, fmt.Errorf("has %d entries; at most %d are allowed", len(r.File), MaxArchiveFiles)
	}
	var files []execution.File
	left := int64(MaxArchiveBytes)
	seen := map[string]bool{source: true}
	for _, entry := range r.File {
		name := strings.TrimPrefix(entry.Name, "./")
		switch mode := entry.Mode(); {
		case mode.IsDir():
			continue
		case !mode.IsRegular():
			return nil, fmt.Errorf("holds %q, which is no plain file", name)
		case !execution.SafePath(name):
			return nil, fmt.Errorf("holds %q, which is no plain relative path", strings.ToValidUTF8(name, "?"))
		case seen[name]:
			continue
		}
		seen[name] = true
		content, err := read(entry, left)
		if err != nil {
			return nil, fmt.Errorf("holds %q, which %w", name, err)
		}
		left -= int64(len(content))
		files = append(files, execution.File{Path: name, Content: content})
	}
	return files, nil
}

// read unpacks an entry of at most so many bytes, whatever size it claims.
func read(entry *zip.File, most int64) ([]byte, error) {
	f, err := entry.Open()
	if err != nil {
		return nil, errors.New("cannot be unpacked")
	}
	defer func() { _ = f.Close() }()
	content, err := io.ReadAll(io.LimitReader(f, most+1))
	switch {
	case int64(len(content)) > most:
		return nil, fmt.Errorf("makes the whole larger than %d bytes", MaxArchiveBytes)
	case err != nil || entry.Flags&1 != 0:
		return nil, errors.New("cannot be unpacked")
	}
	return content, nil
}
