package sandbox

import (
	"bytes"
	"cmp"
	"container/list"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// compiledStore keeps what compilers made, by the content of all that went into it, so that the same program is compiled
// once. Only jobs of one scope share entries: compilers read what people write, and one that is led astray by a source
// shall spoil nobody else's program. An entry never changes. Each run gets a copy of its own, written by the run itself
// inside its cell; no path here is ever seen by a run.
//
// An entry is one file, named by its key, with a checksum of all it holds: what a crash left half is no entry.
type compiledStore struct {
	dir  string
	most int64 // bytes of all entries

	mu      sync.Mutex
	total   int64
	recent  *list.List // of *storedProgram, the last used first
	entries map[string]*list.Element
}

type storedProgram struct {
	key  string
	size int64
}

// compiledProgram is one entry: the program, and what the compiler said.
type compiledProgram struct {
	words   []spoken
	program []byte
}

type spoken struct {
	stream Stream
	text   []byte
}

const (
	compiledMost  = 256 << 20 // bytes kept by default
	compiledShare = 4         // an entry is at most this part of all
)

// openCompiled opens the store in a folder of its own. most is its bound in bytes; negative keeps nothing.
func openCompiled(dir string, most int64) (*compiledStore, error) {
	s := &compiledStore{dir: dir, most: cmp.Or(most, compiledMost), recent: list.New(), entries: map[string]*list.Element{}}
	if s.most < 0 {
		return s, os.RemoveAll(dir)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of compiled programs: %w", err)
	}
	found, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read the folder of compiled programs: %w", err)
	}
	type aged struct {
		storedProgram
		used time.Time
	}
	var all []aged
	for _, e := range found {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || len(e.Name()) != 2*sha256.Size {
			_ = os.RemoveAll(filepath.Join(dir, e.Name())) // what a crash left
			continue
		}
		all = append(all, aged{storedProgram{e.Name(), info.Size()}, info.ModTime()})
	}
	slices.SortFunc(all, func(a, b aged) int { return a.used.Compare(b.used) })
	for _, e := range all {
		s.add(e.key, e.size)
	}
	return s, nil
}

// keyOf names what compiling the job gives; empty when it is not to be kept.
func (s *compiledStore) keyOf(rt *Runtime, job *Job, env []string) string {
	if job.CacheScope == "" || rt.artefact == "" || s.most < 0 {
		return ""
	}
	h := sha256.New()
	part := func(b []byte) { // its length too, so that no two lists of parts look alike
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(b))))
		h.Write(b)
	}
	text := func(s ...string) {
		part([]byte(strings.Join(s, "\x00")))
	}
	text(job.CacheScope, rt.ID(), rt.FileName, goKey(rt.Version, rt.Path)) // the last: this very compiler
	text(rt.Compile...)
	text(env...)
	part(job.Source)
	for _, f := range job.Files {
		text(f.Path, fmt.Sprint(f.Executable, f.From != nil))
		if f.From == nil {
			part(f.Content)
			continue
		}
		if len(f.SHA256) == 0 {
			return ""
		}
		part(f.SHA256)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// get returns an entry; false when there is none.
func (s *compiledStore) get(key string) (compiledProgram, bool) {
	s.mu.Lock()
	e, ok := s.entries[key]
	if ok {
		s.recent.MoveToFront(e)
	}
	s.mu.Unlock()
	if !ok {
		return compiledProgram{}, false
	}
	path := filepath.Join(s.dir, key)
	b, err := os.ReadFile(path)
	p, ok := decodeCompiled(b)
	if err != nil || !ok {
		s.drop(key)
		return compiledProgram{}, false
	}
	now := time.Now()
	_ = os.Chtimes(path, now, now) // for the order after the next start
	return p, true
}

// put keeps an entry, and lets go of those unused for longest.
func (s *compiledStore) put(key string, p compiledProgram) error {
	b := p.encode()
	if int64(len(b)) > s.most/compiledShare {
		return nil
	}
	f, err := os.CreateTemp(s.dir, ".new-")
	if err != nil {
		return fmt.Errorf("keep a compiled program: %w", err)
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), filepath.Join(s.dir, key))
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("keep a compiled program: %w", err)
	}
	s.add(key, int64(len(b)))
	return nil
}

func (s *compiledStore) add(key string, size int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.entries[key]; ok { // compiled twice at once
		s.recent.MoveToFront(e)
		return
	}
	s.entries[key] = s.recent.PushFront(&storedProgram{key, size})
	for s.total += size; s.total > s.most; {
		s.remove(s.recent.Back())
	}
}

func (s *compiledStore) drop(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.entries[key]; ok {
		s.remove(e)
	}
}

func (s *compiledStore) remove(e *list.Element) {
	p := s.recent.Remove(e).(*storedProgram)
	delete(s.entries, p.key)
	s.total -= p.size
	if err := os.Remove(filepath.Join(s.dir, p.key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		_ = os.Truncate(filepath.Join(s.dir, p.key), 0)
	}
}

// An entry is: SHA-256 of the rest; u32 number of pieces; each a byte for the stream, u32 length, text; then the program.
func (p compiledProgram) encode() []byte {
	b := make([]byte, sha256.Size, sha256.Size+len(p.program)+1024)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(p.words)))
	for _, w := range p.words {
		b = append(b, byte(w.stream))
		b = binary.LittleEndian.AppendUint32(b, uint32(len(w.text)))
		b = append(b, w.text...)
	}
	b = append(b, p.program...)
	sum := sha256.Sum256(b[sha256.Size:])
	copy(b, sum[:])
	return b
}

func decodeCompiled(b []byte) (p compiledProgram, ok bool) {
	if len(b) < sha256.Size+4 {
		return p, false
	}
	sum, rest := b[:sha256.Size], b[sha256.Size:]
	if actual := sha256.Sum256(rest); !bytes.Equal(actual[:], sum) {
		return p, false
	}
	n := binary.LittleEndian.Uint32(rest)
	rest = rest[4:]
	for range n {
		if len(rest) < 5 {
			return p, false
		}
		stream, size := Stream(rest[0]), binary.LittleEndian.Uint32(rest[1:])
		if rest = rest[5:]; uint64(size) > uint64(len(rest)) {
			return p, false
		}
		p.words, rest = append(p.words, spoken{stream, rest[:size]}), rest[size:]
	}
	p.program = rest
	return p, true
}
