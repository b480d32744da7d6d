package api

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics count what happens, for Prometheus. It is an http.Handler that says so far.
type Metrics struct {
	http.Handler
	requests *prometheus.HistogramVec
	pushes   *prometheus.CounterVec
	calls    *prometheus.CounterVec
	feeds    *prometheus.CounterVec
	jobs     *prometheus.HistogramVec
}

// NewMetrics returns metrics of which nothing is counted yet.
func NewMetrics() *Metrics {
	m := &Metrics{
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "holdfast_http_request_seconds", Help: "Requests by route, method and status, and how long they took.",
			Buckets: []float64{.001, .005, .025, .1, .5, 2.5},
		}, []string{"route", "method", "status"}),
		pushes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "holdfast_pushes_total", Help: "Push notifications, by what came of them.",
		}, []string{"outcome"}),
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "holdfast_google_calls_total", Help: "Calls of the Calendar API by rep (a digest of their id), method and outcome.",
		}, []string{"rep", "method", "outcome"}),
		feeds: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "holdfast_feed_reads_total", Help: "Readings of feeds, by what came of them.",
		}, []string{"outcome"}),
		jobs: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "holdfast_job_seconds", Help: "Jobs by kind and outcome, and how long they took.",
			Buckets: []float64{.01, .05, .25, 1, 5, 30},
		}, []string{"kind", "outcome"}),
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(m.requests, m.pushes, m.calls, m.feeds, m.jobs,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.Handler = promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	return m
}

// Call counts a call of the Calendar API.
func (m *Metrics) Call(repID, method, outcome string) {
	digest := sha256.Sum256([]byte(repID))
	m.calls.WithLabelValues(hex.EncodeToString(digest[:4]), method, outcome).Inc()
}

// Job counts a job that ran.
func (m *Metrics) Job(kind, outcome string, took time.Duration) {
	m.jobs.WithLabelValues(kind, outcome).Observe(took.Seconds())
}

func (m *Metrics) request(route, method string, status int, took time.Duration) {
	if route == "" {
		route = "none"
	}
	m.requests.WithLabelValues(route, methodName(method), strconv.Itoa(status)).Observe(took.Seconds())
}

func (m *Metrics) push(outcome string) { m.pushes.WithLabelValues(outcome).Inc() }

func (m *Metrics) feed(outcome string) { m.feeds.WithLabelValues(outcome).Inc() }
