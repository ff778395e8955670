package stoa

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // RFC 6455 asks for it; nothing is secret
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// What of RFC 6455 a client of Stoa needs: whole messages either way, and answers to pings.
const (
	opContinuation = 0x0
	opText         = 0x1
	opBinary       = 0x2
	opClose        = 0x8
	opPing         = 0x9
	opPong         = 0xa

	finalFrame  = 0x80
	maskedFrame = 0x80

	socketKeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
	// maxMessage bounds what the server may say at once, in bytes: a result with all its output, as JSON.
	maxMessage = 256 << 20
)

var errSocket = errors.New("the server does not speak WebSocket as it should")

// socket is the client's end of a WebSocket.
type socket struct {
	conn io.ReadWriteCloser
	in   *bufio.Reader
	mu   sync.Mutex // of writes
}

// socket opens one. It is closed when ctx ends.
func (c *Client) socket(ctx context.Context, r request, protocol string) (*socket, error) {
	raw := make([]byte, 16)
	_, _ = rand.Read(raw) // never fails
	key := base64.StdEncoding.EncodeToString(raw)
	resp, err := c.send(ctx, r, nil, http.Header{
		"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {key},
		"Sec-Websocket-Protocol": {protocol},
	})
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusSwitchingProtocols {
		defer resp.Body.Close()
		if resp.StatusCode >= http.StatusBadRequest {
			return nil, problem(resp)
		}
		return nil, errSocket
	}
	sum := sha1.Sum([]byte(key + socketKeySuffix)) //nolint:gosec // see above
	conn, ok := resp.Body.(io.ReadWriteCloser)
	if !ok || resp.Header.Get("Sec-Websocket-Accept") != base64.StdEncoding.EncodeToString(sum[:]) || resp.Header.Get("Sec-Websocket-Protocol") != protocol {
		_ = resp.Body.Close()
		return nil, errSocket
	}
	context.AfterFunc(ctx, func() { _ = conn.Close() })
	return &socket{conn: conn, in: bufio.NewReader(conn)}, nil
}

// read returns the next message; heard is called for each frame, pings too. io.EOF is an end in order.
func (s *socket) read(heard func()) ([]byte, error) {
	var message []byte
	for {
		op, final, payload, err := s.frame()
		if err != nil {
			return nil, err
		}
		heard()
		switch op {
		case opPing:
			if err := s.write(opPong, payload); err != nil {
				return nil, err
			}
			continue
		case opPong:
			continue
		case opClose:
			_ = s.write(opClose, payload)
			if len(payload) > 2 {
				return nil, fmt.Errorf("%w: %s", io.EOF, payload[2:])
			}
			return nil, io.EOF
		case opText, opBinary, opContinuation:
			message = append(message, payload...)
		default:
			return nil, errSocket
		}
		if len(message) > maxMessage {
			return nil, errSocket
		}
		if final {
			return message, nil
		}
	}
}

func (s *socket) frame() (op byte, final bool, payload []byte, err error) {
	var head [2]byte
	if _, err := io.ReadFull(s.in, head[:]); err != nil {
		return 0, false, nil, err
	}
	size := uint64(head[1] & 0x7f)
	var more [8]byte
	switch size {
	case 126:
		_, err = io.ReadFull(s.in, more[6:])
		size = binary.BigEndian.Uint64(more[:])
	case 127:
		_, err = io.ReadFull(s.in, more[:])
		size = binary.BigEndian.Uint64(more[:])
	}
	if err != nil {
		return 0, false, nil, err
	}
	if head[1]&maskedFrame != 0 || head[0]&0x70 != 0 || size > maxMessage { // servers mask nothing, and no extension was agreed on
		return 0, false, nil, errSocket
	}
	payload = make([]byte, size)
	_, err = io.ReadFull(s.in, payload)
	return head[0] & 0x0f, head[0]&finalFrame != 0, payload, err
}

// write sends one message. Clients mask what they send, so that no proxy takes it for something else.
func (s *socket) write(op byte, payload []byte) error {
	b := []byte{finalFrame | op}
	switch n := len(payload); {
	case n < 126:
		b = append(b, maskedFrame|byte(n))
	case n <= 0xffff:
		b = binary.BigEndian.AppendUint16(append(b, maskedFrame|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, maskedFrame|127), uint64(n))
	}
	var mask [4]byte
	_, _ = rand.Read(mask[:]) // never fails
	b = append(b, mask[:]...)
	for i, c := range payload {
		b = append(b, c^mask[i%4])
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.conn.Write(b)
	return err
}

// close says that this was all. The server closes too, in its own time.
func (s *socket) close() {
	_ = s.write(opClose, binary.BigEndian.AppendUint16(nil, 1000))
	_ = s.conn.Close()
}
