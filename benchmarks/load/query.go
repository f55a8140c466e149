package main

import (
	"flag"
	"fmt"
	"time"
)

// answered is what asking came to.
type answered struct {
	P50 float64 `json:"p50Ms"`
	P99 float64 `json:"p99Ms"`
}

// query asks one query after the other. An answer without the series that are expected is an error.
func query(args []string) (any, error) {
	flags := flag.NewFlagSet("query", flag.ContinueOnError)
	count := flags.Int("count", 20, "how often to ask")
	expect := flags.Int("expect", 0, "how many series the answer has")
	rest, err := parse(flags, args, 2)
	if err != nil {
		return nil, err
	}
	promql, urls := rest[0], rest[1:]
	client := newClient(30*time.Second, true)
	took := make([]time.Duration, 0, *count)
	for i := range *count {
		asked := time.Now()
		text, err := get(client, urls[i%len(urls)], rangePath(promql))
		if err != nil {
			return nil, err
		}
		took = append(took, time.Since(asked))
		if found, err := countSeries(text); err != nil || found != *expect {
			return nil, fmt.Errorf("%s has %d series (%v), not %d", promql, found, err, *expect)
		}
	}
	p50, p99 := percentiles(took)
	return answered{P50: p50, P99: p99}, nil
}
