package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// newClient makes a client that keeps its connections, or one that makes a new one for each request.
func newClient(timeout time.Duration, keep bool) *http.Client {
	transport := &http.Transport{MaxIdleConnsPerHost: 16, DisableKeepAlives: !keep, DisableCompression: true}
	return &http.Client{Timeout: timeout, Transport: transport}
}

// push sends a remote-write request.
func push(client *http.Client, base string, body []byte) error {
	request, err := http.NewRequest(http.MethodPost, base+"/api/v1/push", bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Encoding", "snappy")
	request.Header.Set("Content-Type", "application/x-protobuf")
	request.Header.Set("X-Prometheus-Remote-Write-Version", "0.1.0")
	_, err = answerOf(client, request)
	return err
}

// get asks for a path.
func get(client *http.Client, base, path string) ([]byte, error) {
	request, err := http.NewRequest(http.MethodGet, base+path, nil)
	if err != nil {
		return nil, err
	}
	return answerOf(client, request)
}

// answerOf returns what was answered; an answer that is none of success is an error.
func answerOf(client *http.Client, request *http.Request) ([]byte, error) {
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode/100 != 2 {
		said := strings.TrimSpace(string(text[:min(len(text), 300)]))
		return nil, fmt.Errorf("%s answered %d: %s", request.URL, response.StatusCode, said)
	}
	return text, nil
}

// rangePath is the path of a query for the last five minutes at a step of 15 s, as a dashboard asks.
func rangePath(promql string) string {
	now := time.Now().Unix()
	values := url.Values{
		"query": {promql}, "start": {fmt.Sprint(now - 300)}, "end": {fmt.Sprint(now)}, "step": {"15"},
	}
	return "/prometheus/api/v1/query_range?" + values.Encode()
}

// countSeries is how many series an answer to a query has.
func countSeries(text []byte) (int, error) {
	var answer struct {
		Data struct{ Result []json.RawMessage }
	}
	err := json.Unmarshal(text, &answer)
	return len(answer.Data.Result), err
}

// percentiles is the middle of some durations and the one that a hundredth exceeds, in ms.
func percentiles(took []time.Duration) (p50, p99 float64) {
	slices.Sort(took)
	at := func(share float64) float64 {
		return took[int(share*float64(len(took)-1)+0.5)].Seconds() * 1000
	}
	return at(0.5), at(0.99)
}

// ready waits until each URL answers /ready.
func ready(args []string) (any, error) {
	flags := flag.NewFlagSet("ready", flag.ContinueOnError)
	seconds := flags.Int("seconds", 60, "how long to wait")
	urls, err := parse(flags, args, 1)
	if err != nil {
		return nil, err
	}
	client := newClient(2*time.Second, false)
	deadline := time.Now().Add(time.Duration(*seconds) * time.Second)
	for _, base := range urls {
		for {
			_, err := get(client, base, "/ready")
			if err == nil {
				break
			}
			if time.Now().After(deadline) {
				return nil, fmt.Errorf("not within %d s: %w", *seconds, err)
			}
			time.Sleep(200 * time.Millisecond)
		}
	}
	return map[string]int{"ready": len(urls)}, nil
}
