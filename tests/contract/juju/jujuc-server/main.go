// Jujuc-server is the other side of hook tools for the contract tests, on Go's own net/rpc and encoding/gob:
// a unit agent that answers by a script, the hook tools themselves (when called by a tool's name, as Juju's
// own binary is), and a client that calls an agent written in another language.
//
//	jujuc-server serve [-extra] [-cut N | -stall N] ADDRESS SCRIPT RECORD
//	jujuc-server call ADDRESS < requests (JSON lines) > answers (JSON lines)
//	relation-get … (with JUJUC_SCRIPT and JUJUC_RECORD in the environment)
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/rpc"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Request is what hook tools send to the unit agent of Juju 3.
type Request struct {
	ContextId   string
	Dir         string
	CommandName string
	Args        []string
	StdinSet    bool
	Stdin       []byte
	Token       string
}

// ExecResponse is what the unit agent answers.
type ExecResponse struct {
	Code   int
	Stdout []byte
	Stderr []byte
}

// RichResponse has fields that no agent sends today, of every kind that gob has but interfaces.
type RichResponse struct {
	Counts  map[string]int
	Ratio   float64
	Code    int
	When    time.Time
	Grid    [2][]string
	Stdout  []byte
	Big     uint64
	Least   int64
	Wave    complex128
	Nested  *Nested
	Stderr  []byte
	Nesteds []Nested
	Flag    bool
}

// Nested is a struct in a struct.
type Nested struct {
	Name string
	More map[int][]bool
}

// Rule is a line of the script: what a tool, with these arguments if they are given, answers.
type Rule struct {
	Tool       string
	Args       []string
	Code       int
	Stdout     string
	Repeat     int
	Stderr     string
	Error      string
	NeedsStdin bool
	DelayMs    int
}

// Script is a set of rules, the first that fits being the answer.
type Script []Rule

// Record is a file of JSON lines, one for each thing that happened.
type Record struct {
	mutex sync.Mutex
	path  string
}

func (record *Record) add(entry any) {
	record.mutex.Lock()
	defer record.mutex.Unlock()
	line, err := json.Marshal(entry)
	check(err)
	file, err := os.OpenFile(record.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	check(err)
	_, err = file.Write(append(line, '\n'))
	check(errors.Join(err, file.Close()))
}

func (record *Record) addCall(request Request) {
	record.add(map[string]any{
		"tool": request.CommandName, "args": append([]string{}, request.Args...), "stdin": string(request.Stdin),
		"stdinSet": request.StdinSet, "contextId": request.ContextId, "dir": request.Dir, "file": readFile(request),
	})
}

// readFile reads what --file names, as the unit agent does when it runs secret-add or secret-set.
func readFile(request Request) any {
	place := slices.Index(request.Args, "--file") + 1
	if place == 0 || request.Args[place] == "-" {
		return nil
	}
	status, err := os.Stat(request.Args[place])
	check(err)
	folder, err := os.Stat(filepath.Dir(request.Args[place]))
	check(err)
	text, err := os.ReadFile(request.Args[place])
	check(err)
	var content map[string]string
	check(json.Unmarshal(text, &content))
	return map[string]any{
		"content": content, "mode": status.Mode().String(), "folderMode": folder.Mode().String(),
	}
}

func readScript(path string) Script {
	text, err := os.ReadFile(path)
	check(err)
	var script Script
	check(json.Unmarshal(text, &script))
	return script
}

func (script Script) answer(request Request) (ExecResponse, error) {
	for _, rule := range script {
		if rule.Tool != request.CommandName || rule.Args != nil && !slices.Equal(rule.Args, request.Args) {
			continue
		}
		if rule.NeedsStdin && !request.StdinSet {
			return ExecResponse{}, errors.New("hook tool requires stdin, none supplied")
		}
		time.Sleep(time.Duration(rule.DelayMs) * time.Millisecond)
		if rule.Error != "" {
			return ExecResponse{}, errors.New(rule.Error)
		}
		stdout := strings.Repeat(rule.Stdout, max(rule.Repeat, 1))
		return ExecResponse{Code: rule.Code, Stdout: []byte(stdout), Stderr: []byte(rule.Stderr)}, nil
	}
	return ExecResponse{}, fmt.Errorf("bad request: unknown command: %s", request.CommandName)
}

// Agent answers as the unit agent of Juju does.
type Agent struct {
	script Script
	record *Record
}

// Main is the agent's only method.
func (agent *Agent) Main(request Request, response *ExecResponse) (err error) {
	agent.record.addCall(request)
	*response, err = agent.script.answer(request)
	return err
}

// RichAgent answers with more fields than we know.
type RichAgent struct{ agent Agent }

// Main is the agent's only method.
func (rich *RichAgent) Main(request Request, response *RichResponse) error {
	var plain ExecResponse
	err := rich.agent.Main(request, &plain)
	*response = RichResponse{
		Counts: map[string]int{"a": 1, "b": -2}, Ratio: 0.1, When: time.Now(), Grid: [2][]string{{"x"}, nil},
		Big: 1<<64 - 1, Least: -1 << 63, Wave: complex(1, -1), Nested: &Nested{Name: "n", More: map[int][]bool{1: {true, false}}},
		Nesteds: []Nested{{}, {Name: "m"}}, Flag: true,
		Code: plain.Code, Stdout: plain.Stdout, Stderr: plain.Stderr,
	}
	return err
}

// shortConn hangs up after it has written so many bytes, or only falls silent.
type shortConn struct {
	net.Conn
	left   int
	silent bool
}

func (conn *shortConn) Write(data []byte) (int, error) {
	if len(data) < conn.left {
		conn.left -= len(data)
		return conn.Conn.Write(data)
	}
	n, _ := conn.Conn.Write(data[:conn.left])
	conn.left = 0
	if conn.silent {
		return len(data), nil
	}
	return n, errors.Join(io.ErrShortWrite, conn.Conn.Close())
}

func serve(args []string) {
	flags := flag.NewFlagSet("serve", flag.ExitOnError)
	extra := flags.Bool("extra", false, "answer with more fields than hook tools know")
	cut := flags.Int("cut", 0, "hang up after so many bytes")
	stall := flags.Int("stall", 0, "fall silent after so many bytes")
	check(flags.Parse(args))
	record := &Record{path: flags.Arg(2)}
	agent := Agent{script: readScript(flags.Arg(1)), record: record}
	server := rpc.NewServer()
	if *extra {
		check(server.RegisterName("Jujuc", &RichAgent{agent}))
	} else {
		check(server.RegisterName("Jujuc", &agent))
	}
	listener, err := net.Listen("unix", flags.Arg(0))
	check(err)
	fmt.Println("ready")
	for {
		conn, err := listener.Accept()
		check(err)
		if *cut+*stall > 0 {
			conn = &shortConn{conn, *cut + *stall, *stall > 0}
		}
		go func() {
			server.ServeConn(conn)
			record.add(map[string]bool{"closed": true})
		}()
	}
}

func call(address string) {
	client, err := rpc.Dial("unix", address)
	check(err)
	lines := json.NewDecoder(bufio.NewReader(os.Stdin))
	answers := json.NewEncoder(os.Stdout)
	for {
		var request Request
		if err := lines.Decode(&request); err == io.EOF {
			break
		} else {
			check(err)
		}
		var response ExecResponse
		failure := ""
		if err := client.Call("Jujuc.Main", request, &response); err != nil {
			failure = err.Error()
		}
		check(answers.Encode(map[string]any{
			"code": response.Code, "stdout": string(response.Stdout), "stderr": string(response.Stderr), "error": failure,
		}))
	}
	check(client.Close())
}

// runTool is what Juju's own binary does when it is called by a tool's name, without the agent in between.
func runTool(name string, args []string) {
	dir, err := os.Getwd()
	check(err)
	stdin, err := io.ReadAll(os.Stdin)
	check(err)
	request := Request{
		ContextId: os.Getenv("JUJU_CONTEXT_ID"), Dir: dir, CommandName: name, Args: args, StdinSet: len(stdin) > 0, Stdin: stdin,
	}
	(&Record{path: os.Getenv("JUJUC_RECORD")}).addCall(request)
	response, err := readScript(os.Getenv("JUJUC_SCRIPT")).answer(request)
	if err != nil {
		fmt.Fprintf(os.Stderr, "ERROR %v\n", err)
		os.Exit(1)
	}
	os.Stdout.Write(response.Stdout)
	os.Stderr.Write(response.Stderr)
	os.Exit(response.Code)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	name := filepath.Base(os.Args[0])
	switch {
	case name != "jujuc-server":
		runTool(name, os.Args[1:])
	case len(os.Args) > 2 && os.Args[1] == "serve":
		serve(os.Args[2:])
	case len(os.Args) > 2 && os.Args[1] == "call":
		call(os.Args[2])
	default:
		log.Fatal("usage: jujuc-server serve|call ADDRESS …")
	}
}
