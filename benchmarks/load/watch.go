package main

import (
	"context"
	"flag"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// The pace of watching. An answer that takes longer than the timeout is none.
const (
	probePeriod  = 100 * time.Millisecond
	probeTimeout = time.Second
	writePeriod  = time.Second
	retryPause   = 100 * time.Millisecond
)

// probe is one request: when it was asked and when it ended, in ms since the beginning.
type probe struct {
	At    int64  `json:"at"`
	Until int64  `json:"until"`
	Error string `json:"error,omitempty"`
}

// unitProbes is what one unit was asked.
type unitProbes struct {
	Ready []probe `json:"ready"`
	Query []probe `json:"query"`
}

// watched is what was seen until the end.
type watched struct {
	Units   []unitProbes `json:"units"`
	Service []probe      `json:"service"`
	// Written is how many write requests were acknowledged, and Repeated how often one was sent again.
	Written  int `json:"written"`
	Repeated int `json:"repeated"`
}

// promql reaches the ingesters for its few series.
const promql = `sum(bench_value{series=~"1|4001|8001"})`

func watch(args []string) (any, error) {
	flags := flag.NewFlagSet("watch", flag.ContinueOnError)
	service := flags.String("service", "", "URL of the Service")
	urls, err := parse(flags, args, 1)
	if err != nil {
		return nil, err
	}
	if *service == "" {
		return nil, errUsage
	}
	until, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	seen := watched{Units: make([]unitProbes, len(urls))}
	start := time.Now()
	ask := func(into *[]probe, base string, path func() string) {
		client := newClient(probeTimeout, false)
		every(until, probePeriod, func() {
			asked := time.Since(start).Milliseconds()
			_, err := get(client, base, path())
			found := probe{At: asked, Until: time.Since(start).Milliseconds()}
			if err != nil {
				found.Error = err.Error()
			}
			*into = append(*into, found)
		})
	}
	readiness := func() string { return "/ready" }
	values := func() string { return rangePath(promql) }
	var all sync.WaitGroup
	for i, base := range urls {
		all.Go(func() { ask(&seen.Units[i].Ready, base, readiness) })
		all.Go(func() { ask(&seen.Units[i].Query, base, values) })
	}
	all.Go(func() { ask(&seen.Service, *service, values) })
	counts := make([]watched, shards)
	for number := range shards {
		all.Go(func() { writeSteadily(until, *service, number, &counts[number]) })
	}
	all.Wait()
	for _, count := range counts {
		seen.Written += count.Written
		seen.Repeated += count.Repeated
	}
	return seen, nil
}

// writeSteadily sends a shard's series once a period, and again until they are acknowledged, as Prometheus does.
func writeSteadily(until context.Context, service string, number int, seen *watched) {
	client := newClient(30*time.Second, true)
	series := newShard(number)
	every(until, writePeriod, func() {
		body := series.encode(time.Now().UnixMilli())
		for push(client, service, body) != nil {
			if until.Err() != nil {
				return
			}
			seen.Repeated++
			time.Sleep(retryPause)
		}
		seen.Written++
	})
}

// every acts once a period until the end, and never twice at the same time.
func every(until context.Context, period time.Duration, act func()) {
	ticks := time.NewTicker(period)
	defer ticks.Stop()
	for {
		select {
		case <-until.Done():
			return
		case <-ticks.C:
			act()
		}
	}
}
