package script

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/coder/websocket"
)

// socketCommand is "socket WHO PATH FILE": it plays FILE's dialogue over the WebSocket at PATH. Its lines are
//
//	> TEXT    sends a message
//	< REGEXP  passes over messages until one matches
//	do LINE   runs a command line meanwhile
//	closed N  expects nothing more, and that close code
//	ends N    the same, after whatever still comes
//
// Every message that comes goes to standard output.
func socketCommand() {
	if len(os.Args) != 4 {
		die(errors.New("usage: socket WHO PATH FILE"))
	}
	who, path := os.Args[1], os.Args[2]
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	req := newRequest(http.MethodGet, path, "")
	authenticate(req, who, false)
	conn, resp, err := websocket.Dial(ctx, req.URL.String(), &websocket.DialOptions{HTTPHeader: req.Header})
	if err != nil {
		die(err)
	}
	if resp.Body != nil {
		_ = resp.Body.Close()
	}
	defer func() { _ = conn.CloseNow() }()
	script, err := os.Open(os.Args[3])
	if err != nil {
		die(err)
	}
	for lines := bufio.NewScanner(script); lines.Scan(); {
		word, rest, _ := strings.Cut(lines.Text(), " ")
		switch word {
		case "":
		case ">":
			err = conn.Write(ctx, websocket.MessageText, []byte(rest))
		case "<":
			err = await(ctx, conn, regexp.MustCompile(rest))
		case "do":
			meanwhile := exec.CommandContext(ctx, "sh", "-c", rest)
			meanwhile.Stdout, meanwhile.Stderr = os.Stderr, os.Stderr
			err = meanwhile.Run()
		case "closed", "ends":
			err = closes(ctx, conn, rest, word == "ends")
		default:
			err = errors.New("is neither >, <, do, closed nor ends")
		}
		if err != nil {
			die(fmt.Errorf("%s: %w", lines.Text(), err))
		}
	}
}

func await(ctx context.Context, conn *websocket.Conn, want *regexp.Regexp) error {
	for {
		_, b, err := conn.Read(ctx)
		if err != nil {
			return err
		}
		fmt.Println(string(b))
		if want.Match(b) {
			return nil
		}
	}
}

func closes(ctx context.Context, conn *websocket.Conn, code string, more bool) error {
	_, b, err := conn.Read(ctx)
	for err == nil && more {
		_, b, err = conn.Read(ctx)
	}
	if err == nil {
		return fmt.Errorf("there is one more message: %s", b)
	}
	if got := strconv.Itoa(int(websocket.CloseStatus(err))); got != code {
		return fmt.Errorf("closed by %s: %w", got, err)
	}
	return nil
}
