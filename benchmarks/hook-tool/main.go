// Hook-tool is every hook tool by the name that it is called by, as Juju's own program is: it asks the unit agent over
// Go's net/rpc and ends as the agent says. It starts as fast as such a program can, so what spawns it is not measured
// at the cost of the simulator's own tools, which start Node.js.
package main

import (
	"fmt"
	"io"
	"net/rpc"
	"os"
	"path/filepath"
)

// request and response have the names and fields of Juju (jujuc/server.go).
type request struct {
	ContextId   string
	Dir         string
	CommandName string
	Args        []string
	StdinSet    bool
	Stdin       []byte
}

type response struct {
	Code   int
	Stdout []byte
	Stderr []byte
}

// stdinNeeded is the agent's refusal of a request without the standard input that the tool reads.
const stdinNeeded = "hook tool requires stdin, none supplied"

func main() {
	answer, err := ask()
	if err != nil {
		fmt.Fprintf(os.Stderr, "ERROR %v\n", err)
		os.Exit(1)
	}
	os.Stdout.Write(answer.Stdout)
	os.Stderr.Write(answer.Stderr)
	os.Exit(answer.Code)
}

func ask() (answer response, err error) {
	folder, err := os.Getwd()
	if err != nil {
		return answer, err
	}
	agent, err := rpc.Dial(os.Getenv("JUJU_AGENT_SOCKET_NETWORK"), os.Getenv("JUJU_AGENT_SOCKET_ADDRESS"))
	if err != nil {
		return answer, err
	}
	defer agent.Close()
	call := request{
		ContextId:   os.Getenv("JUJU_CONTEXT_ID"),
		Dir:         folder,
		CommandName: filepath.Base(os.Args[0]),
		Args:        os.Args[1:],
	}
	err = agent.Call("Jujuc.Main", call, &answer)
	if err == nil || err.Error() != stdinNeeded {
		return answer, err
	}
	if call.Stdin, err = io.ReadAll(os.Stdin); err != nil {
		return answer, err
	}
	call.StdinSet = true
	err = agent.Call("Jujuc.Main", call, &answer)
	return answer, err
}
