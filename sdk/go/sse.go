package stoa

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"time"
)

// frame is one server-sent event.
type frame struct {
	id    string
	event string
	data  []byte
	retry time.Duration // how long the server asks to wait before reconnecting; zero if it did not say
}

const maxLine = 16 << 20 // bytes; the largest frame carries a whole stored output

var errLineTooLong = errors.New("a line of the event stream is too long")

// frames reads an event stream as WHATWG HTML §9.2 defines it.
type frames struct {
	in     *bufio.Reader
	lastID string
}

// next gives the next event that has data. A stream that breaks off inside an event never gives that event.
func (f *frames) next() (frame, error) {
	out := frame{id: f.lastID}
	var data [][]byte
	for {
		line, err := f.line()
		if err != nil {
			return frame{}, err
		}
		if len(line) == 0 {
			f.lastID = out.id
			if data == nil && out.retry == 0 {
				out.event = ""
				continue
			}
			out.data = bytes.Join(data, []byte("\n"))
			return out, nil
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch string(name) {
		case "data":
			data = append(data, value)
		case "event":
			out.event = string(value)
		case "id":
			if !bytes.ContainsRune(value, 0) {
				out.id = string(value)
			}
		case "retry":
			if ms, err := strconv.Atoi(string(value)); err == nil {
				out.retry = time.Duration(ms) * time.Millisecond
			}
		}
	}
}

// line reads up to LF or CRLF into memory of its own.
func (f *frames) line() ([]byte, error) {
	var line []byte
	for {
		part, err := f.in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == nil:
			line = line[:len(line)-1]
			return bytes.TrimSuffix(line, []byte("\r")), nil
		case !errors.Is(err, bufio.ErrBufferFull):
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		case len(line) > maxLine:
			return nil, errLineTooLong
		}
	}
}
