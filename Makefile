# Every target works on a fresh machine with Go, make and a C compiler (for the
# race detector). `make help` lists them.

GO          ?= go
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
# How long each fuzz target runs: some seconds with the tests, longer by hand.
FUZZTIME      ?= 10m
FUZZTIME_TEST ?= 5s
BENCH         ?= .
SCHEDULES     ?= 10000
ATTEMPTS      ?= 100000
# The race detector watches everything but SQLite: C, translated to Go, with locks of
# its own, which being watched makes five times as slow.
RACE          := -race -gcflags='modernc.org/...=-race=false'
VERSION       ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo development)

FUZZ_TARGETS := $(shell grep -rho --include='*_test.go' '^func Fuzz[A-Za-z]*' . | sed 's/func //' | sort)

.DEFAULT_GOAL := help

## run: run the demo, the service beside a sample calendar, and print its address
.PHONY: run
run:
	@$(GO) run ./cmd/holdfast demo

## build: build bin/holdfast
.PHONY: build
build:
	$(GO) build -ldflags "-X main.version=$(VERSION)" -o bin/holdfast ./cmd/holdfast

## test: everything that must pass: lint, tests with the race detector, the model and bounds without it, short fuzzing
.PHONY: test
test: needs lint
	$(GO) test $(RACE) -shuffle=on -timeout 20m -skip '^TestTheModelFinds|^TestRandomSchedules' ./...
	$(GO) test -run Hostile ./...
	@$(MAKE) --no-print-directory model
	@$(MAKE) --no-print-directory fuzz FUZZTIME=$(FUZZTIME_TEST)

## model: let SCHEDULES (10000) random schedules of people, faults and crashes happen to the service, and to broken ones
.PHONY: model
model:
	GOGC=400 $(GO) test ./scheduler/jobs -run '^TestRandomSchedules|^TestTheModelFinds' -schedules $(SCHEDULES) -timeout 30m

## race: have ATTEMPTS (100000) bookings tried at once on few slots, on each database
.PHONY: race
race:
	$(GO) test ./scheduler/jobs -run TestNoSlotIsSoldTwice -attempts $(ATTEMPTS) -timeout 30m -v

## desktop-clients: have Evolution and Thunderbird read a feed, in some minutes (installs them on Debian as root)
.PHONY: desktop-clients
desktop-clients:
	@sh .ci/needs desktop
	$(GO) test -tags desktop ./cmd/holdfast -run Desktop -count 1 -v

## lint: gofmt, go vet, staticcheck
.PHONY: lint
lint:
	@unformatted=$$(gofmt -l .); [ -z "$$unformatted" ] || { echo "gofmt these files:"; echo "$$unformatted"; exit 1; }
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...

## fuzz: run every fuzz target for FUZZTIME (10m)
.PHONY: fuzz
fuzz:
	@for target in $(FUZZ_TARGETS); do \
		package=$$(grep -rl --include='*_test.go' "^func $$target(" . | xargs dirname) && \
		$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$package || exit 1; \
	done

## bench: run the benchmarks (BENCH=pattern for some of them)
.PHONY: bench
bench:
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem ./...

## golden: write the expected outputs and the README's pictures anew
.PHONY: golden
golden:
	$(GO) test ./cmd/holdfast -run 'Golden|Picture|Demo' -update
	$(GO) test ./api -run TheDescription -update

## holidays: make the table of public holidays anew, for last year to ten years ahead (needs Node 20)
.PHONY: holidays
holidays:
	npm ci --ignore-scripts --prefix scheduler/gen/holidays
	cd scheduler/gen/holidays && node generate.mjs $$(($$(date +%Y) - 1)) $$(($$(date +%Y) + 10)) ../..

## freemail: make the list of free-mail domains anew (needs Node 20)
.PHONY: freemail
freemail:
	npm ci --ignore-scripts --prefix scheduler/gen/freemail
	node scheduler/gen/freemail/generate.mjs scheduler/freemail.txt

## zones: make the tables of time zone names anew (needs Node 20 and the zone database's tzdata.zi)
.PHONY: zones
zones:
	npm ci --ignore-scripts --prefix integrations/ics/gen/zones
	node integrations/ics/gen/zones/generate.mjs /usr/share/zoneinfo/tzdata.zi integrations/ics

# What the tests need besides Go: see .ci/needs.
.PHONY: needs
needs:
	@sh .ci/needs

## help: this list
.PHONY: help
help:
	@sed -n 's/^## \([a-z-]*\): /\1\t/p' Makefile | expand -t 17
