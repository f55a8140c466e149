package main

import (
	"flag"
	"sync"
	"time"
)

// step is the time between two samples of a series.
const step = 100 * time.Millisecond

// written is what writing came to; a request has a batch of samples.
type written struct {
	Samples int     `json:"samples"`
	Seconds float64 `json:"seconds"`
	P50     float64 `json:"p50Ms"`
	P99     float64 `json:"p99Ms"`
}

// write has a writer for each shard, as Prometheus has: it sends the next batch once the last one is acknowledged.
func write(args []string) (any, error) {
	flags := flag.NewFlagSet("write", flag.ContinueOnError)
	scrapes := flags.Int("scrapes", 30, "samples of each series")
	urls, err := parse(flags, args, 1)
	if err != nil {
		return nil, err
	}
	bodies := encodeAll(*scrapes)
	client := newClient(30*time.Second, true)
	took := make([][]time.Duration, shards)
	failures := make([]error, shards)
	var writers sync.WaitGroup
	start := time.Now()
	for number := range shards {
		writers.Go(func() {
			for i, body := range bodies[number] {
				asked := time.Now()
				if failures[number] = push(client, urls[(number+i)%len(urls)], body); failures[number] != nil {
					return
				}
				took[number] = append(took[number], time.Since(asked))
			}
		})
	}
	writers.Wait()
	seconds := time.Since(start).Seconds()
	var all []time.Duration
	for number := range shards {
		if failures[number] != nil {
			return nil, failures[number]
		}
		all = append(all, took[number]...)
	}
	p50, p99 := percentiles(all)
	return written{Samples: len(all) * batchSize, Seconds: seconds, P50: p50, P99: p99}, nil
}

// encodeAll makes the requests of each shard in the order of their time, of which the last is now.
func encodeAll(scrapes int) [][][]byte {
	first := time.Now().Add(-time.Duration(scrapes) * step)
	bodies := make([][][]byte, shards)
	for number := range bodies {
		series := newShard(number)
		for i := range scrapes {
			bodies[number] = append(bodies[number], series.encode(first.Add(time.Duration(i)*step).UnixMilli()))
		}
	}
	return bodies
}
