package main

import (
	"errors"
	"os/exec"
	"runtime"
	"syscall"
)

// tally is how many processes a command started, itself included.
type tally struct {
	ExitCode  int `json:"exitCode"`
	Processes int `json:"processes"`
}

// traced is what the tracer is told of. A clone that is neither a fork nor a vfork makes a thread: it is followed,
// since threads start processes too, and not counted. A trap at exec replaces the signal that would come instead.
const traced = syscall.PTRACE_O_TRACEFORK | syscall.PTRACE_O_TRACEVFORK | syscall.PTRACE_O_TRACECLONE |
	syscall.PTRACE_O_TRACEEXEC

func count(cmd *exec.Cmd) (tally, error) {
	// Only the thread that started the command may trace it.
	runtime.LockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true}
	if err := cmd.Start(); err != nil {
		return tally{}, err
	}
	first := cmd.Process.Pid
	// It stops at its own exec.
	if _, _, err := wait(first); err != nil {
		return tally{}, err
	}
	if err := syscall.PtraceSetOptions(first, traced); err != nil {
		return tally{}, err
	}
	if err := resume(first, 0); err != nil {
		return tally{}, err
	}
	return follow(first)
}

// follow lets a running command and what it starts go on at each stop, until the command has ended.
func follow(first int) (tally, error) {
	processes := 1
	known := map[int]bool{first: true}
	for {
		pid, status, err := wait(-1)
		if err != nil {
			return tally{}, err
		}
		if pid == first && !status.Stopped() {
			return tally{ExitCode: status.ExitStatus(), Processes: processes}, nil
		}
		if !status.Stopped() {
			continue
		}
		event := status.TrapCause()
		if event == syscall.PTRACE_EVENT_FORK || event == syscall.PTRACE_EVENT_VFORK {
			processes++
		}
		signal := status.StopSignal()
		// A new process or thread begins with a stop that nobody sent.
		if event > 0 || (!known[pid] && signal == syscall.SIGSTOP) {
			signal = 0
		}
		known[pid] = true
		if err := resume(pid, signal); err != nil {
			return tally{}, err
		}
	}
}

func wait(pid int) (int, syscall.WaitStatus, error) {
	for {
		var status syscall.WaitStatus
		found, err := syscall.Wait4(pid, &status, syscall.WALL, nil)
		if !errors.Is(err, syscall.EINTR) {
			return found, status, err
		}
	}
}

func resume(pid int, signal syscall.Signal) error {
	err := syscall.PtraceCont(pid, int(signal))
	// It may have been killed since; its end is told next.
	if errors.Is(err, syscall.ESRCH) {
		return nil
	}
	return err
}
