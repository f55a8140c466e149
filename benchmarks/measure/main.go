// Measure starts a command, waits for its end and prints as one line of JSON what it cost. What the command itself
// prints goes to stderr.
//
//	measure COMMAND [ARGUMENT…]         its time on the clock and on processors, and its memory
//	measure -count COMMAND [ARGUMENT…]  how many processes it started, itself included; traced, hence slow
//
// Measure exits 0 when the command could be started, however that ended.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// cost is what a command took, with the descendants that it waited for.
type cost struct {
	ExitCode int           `json:"exitCode"`
	Wall     time.Duration `json:"wallNs"`
	CPU      time.Duration `json:"cpuNs"`
	// Peak is the most memory that one of the processes had, not the sum over them.
	Peak int64 `json:"peakBytes"`
}

func main() {
	args := os.Args[1:]
	counting := len(args) > 0 && args[0] == "-count"
	if counting {
		args = args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "usage: measure [-count] COMMAND [ARGUMENT…]")
		os.Exit(2)
	}
	result, err := run(command(args), counting)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(result)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "cannot measure %s: %v\n", args[0], err)
		os.Exit(1)
	}
}

func command(args []string) *exec.Cmd {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	return cmd
}

func run(cmd *exec.Cmd, counting bool) (any, error) {
	if counting {
		return count(cmd)
	}
	return measure(cmd)
}

func measure(cmd *exec.Cmd) (cost, error) {
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return cost{}, err
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return cost{}, errors.New("the system does not tell what a process used")
	}
	return cost{
		ExitCode: cmd.ProcessState.ExitCode(),
		Wall:     wall,
		CPU:      cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(),
		Peak:     usage.Maxrss * 1024,
	}, nil
}
