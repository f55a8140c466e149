// Load puts a Mimir under load and prints as one line of JSON what it saw. What it sends is made before the clock
// starts, so that it leaves the processors to Mimir. The first part of a URL is enough: http://HOST:PORT.
//
//	load ready [-seconds N] URL…                  waits until each answers /ready
//	load write [-scrapes N] URL…                  writes as fast as the URLs take it, each in turn
//	load query [-count N] -expect N PROMQL URL…   asks for the last minutes again and again, each in turn
//	load watch -service URL URL…                  writes steadily through a Service, and asks it and each URL, until SIGTERM
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
)

// errUsage is a command line that is not understood.
var errUsage = errors.New("usage: load ready|write|query|watch [FLAG…] [PROMQL] URL…")

var commands = map[string]func(args []string) (any, error){
	"ready": ready,
	"write": write,
	"query": query,
	"watch": watch,
}

func main() {
	err := run(os.Args[1:])
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, err)
	if errors.Is(err, errUsage) {
		os.Exit(2)
	}
	os.Exit(1)
}

func run(args []string) error {
	if len(args) == 0 || commands[args[0]] == nil {
		return errUsage
	}
	result, err := commands[args[0]](args[1:])
	if err != nil {
		return fmt.Errorf("cannot %s: %w", args[0], err)
	}
	return json.NewEncoder(os.Stdout).Encode(result)
}

// parse reads flags, and returns the arguments after them, of which there must be some.
func parse(flags *flag.FlagSet, args []string, least int) ([]string, error) {
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() < least {
		return nil, errUsage
	}
	return flags.Args(), nil
}
