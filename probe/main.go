// Probe asks a URL once and says by its exit code whether the answer was good: a check for Pebble, whose own check of
// a URL cannot be told to pass over a certificate. It brings all it needs, for Mimir's image has neither a shell nor a
// library.
//
//	probe URL
//
// It exits with 0 if the answer was a 2xx, with 1 if it was another or none, and with 2 if it was not called so.
package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// timeout bounds a run that no one else bounds; a check of Pebble has a timeout of its own.
const timeout = 5 * time.Second

// shown is how many bytes of a bad answer's text are told at most.
const shown = 200

func main() {
	if len(os.Args) != 2 || !isWeb(os.Args[1]) {
		fmt.Fprintln(os.Stderr, "usage: probe URL (http:// or https://)")
		os.Exit(2)
	}
	if err := ask(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func isWeb(url string) bool {
	return strings.HasPrefix(url, "http://") || strings.HasPrefix(url, "https://")
}

// ask returns why the answer of a URL is not a good one.
func ask(url string) error {
	client := http.Client{
		Timeout: timeout,
		// A transport of its own also passes over the proxies that the environment names.
		Transport: &http.Transport{
			// Whom it asks is the Mimir beside it in its own pod, over loopback: no certificate can make that surer.
			// The kubelet does the same: "If scheme field is set to HTTPS, the kubelet sends an HTTPS request skipping
			// the certificate verification" (Kubernetes: Configure Liveness, Readiness and Startup Probes).
			TLSClientConfig:    &tls.Config{InsecureSkipVerify: true},
			DisableKeepAlives:  true,
			DisableCompression: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	answer, err := client.Get(url)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode/100 == 2 {
		return nil
	}
	// What was read before an error is worth telling, and the status says enough without it.
	text, _ := io.ReadAll(io.LimitReader(answer.Body, shown))
	line := strings.Join(strings.Fields(strings.ToValidUTF8(string(text), "")), " ")
	return errors.New(strings.TrimSuffix(answer.Status+": "+line, ": "))
}
