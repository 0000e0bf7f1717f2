# One command for each thing one does here: `make help`. What is longer than a line or two is in scripts/ and test/.
SHELL := bash
.DEFAULT_GOAL := help
.PHONY: run cluster build pages pictures first-open npm deps deps-% test check generate fuzz lint test-unit test-suites fault test-sim test-mutants test-fault test-cluster reliability test-ui test-e2e schemathesis jmeter compose audit test-release release bench bench-growth rounds growth pgo clean help

GOLANGCI := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GORELEASER := go run github.com/goreleaser/goreleaser/v2@v2.15.1
# "yes" where Node is there and new enough for Vite.
NODE := $(shell node -p '[a,b]=process.versions.node.split("."),a>20||a==20&&b>=19?"yes":""' 2>/dev/null)
UI_SOURCES := $(shell find ui/* \( -name node_modules -o -name dist \) -prune -o ! -name '*.go' -print)
# What needs servers of its own, and what kills them.
SUITES := ./internal/devstack/... ./internal/gate/redisgate ./internal/orderlog/kafkalog ./internal/orderstore/pgstore ./cmd/devstack ./deploy
# SQLite is C that was made Go: races are looked for in what calls it. With it, the detector takes twice the time of the tests that store. Only in that one package:
# what another shares with the rest, as sync.Map's methods, the linker may take from either, and without the detector's marks it would see races where none are.
RACE := -race "-gcflags=modernc.org/...=-d=checkptr=0" "-gcflags=modernc.org/sqlite/lib=-race=false -d=checkptr=0"
# What runs under seeds, and is written down.
TRIALS := Stories|Mutant|CrashPoints|CutOff|OlderData|ShardIsKilled|PutBack|StandbyTakesOver|AServerStopped|PowerCuts|NetworkIsIll|Soak|Recover
NPM_LOCKS := $(wildcard api/package-lock.json ui/package-lock.json test/e2e/package-lock.json test/words/package-lock.json)

run: deps-run build ## Build and serve on localhost:3000, data in ./data (ARGS="--listen ...")
	@bin/seckill serve $(ARGS)

cluster: deps-cluster build bin/devstack ## Serve from Redis, Kafka and Postgres, with nginx on localhost:3000, without Docker
	@scripts/cluster.py $(ARGS)

.PHONY: bin/devstack
bin/devstack:
	go build -trimpath -o $@ ./cmd/devstack

build: pages ## Build bin/seckill, with the pages in it where Node is there
	CGO_ENABLED=0 go build -trimpath -o bin/seckill ./cmd/seckill

deps: deps-all npm ## Install what is missing: Debian packages where it may (else it prints the line to run), npm packages

deps-%:
	@scripts/deps $*

# Three parts at a time, begun in this order: those that wait for servers beside those that compute, and one that fills all cores last. One that fails stops
# no other. What a part says comes when it ends. What several parts need is built before: nobody may read the pages half written,
# compile twice, or give up its turn for it.
PARTS := test-cluster test-e2e test-unit test-fault test-suites test-mutants schemathesis lint test-ui test-release jmeter compose test-sim

test: ## All tests, which are:
	@$(MAKE) --no-print-directory -j 1 deps-test npm build bin/devstack
	@go list -export -pgo=off $(RACE) ./... >/dev/null && go list -export -pgo=off ./... >/dev/null
	@$(MAKE) --no-print-directory -o build -k -j 3 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target) $(PARTS)

# go runs again only what depends on a file that changed.
UNIT := go list ./... | grep -vxF -f <(go list $(SUITES) ./test/fault/...)

check: lint ## For the inner loop: lint, and the Go tests of what changed, without servers and the race detector
	go test -short $$($(UNIT))

generate: npm ## Write what is made from the code: the document of the API, the pages' types of it, the tables in docs
	go test ./internal/httpapi ./internal/archtest -run 'Published|TheTable' -update
	cd api && npm run types

lint: npm ## - gofmt, go vet, golangci-lint; the pages' types are those of the API's document; spelling and style of the documents and words
	@unformatted=$$(gofmt -l $$(git ls-files -co --exclude-standard '*.go')); \
	  [[ -z $$unformatted ]] || { echo "gofmt -w is needed on: $$unformatted"; exit 1; }
	go vet ./... && go -C test/bench/plain vet && go -C test/kubernetes vet
	@if $(GOLANGCI) version >/dev/null; then echo golangci-lint run; $(GOLANGCI) run --allow-parallel-runners && \
	  for module in test/bench/plain test/kubernetes; do (cd $$module && $(GOLANGCI) run --allow-parallel-runners) || exit 1; done; \
	  else echo "golangci-lint SKIPPED: it could not be had (that fails in CI)"; [[ -z $$CI ]]; fi
	$(if $(NODE),cd api && npm run types -- --check)
	$(if $(NODE),cd test/words && npm run check)

test-unit: ## - the Go tests and the simulation, under the race detector
	go test $(RACE) -timeout 60m $$($(UNIT))
	go -C test/kubernetes test ./...

test-suites: ## - the keepers of the cluster, on real servers
	go test $(RACE) -timeout 60m $(SUITES)

ifdef FULL
fault: deps-test ## - the simulation, its mutants and the faults (FULL=1: all trials that the ledger lacks, for hours; SINCE=COMMIT: of the source since then)
	FAULT_FULL=1 FAULT_SINCE=$(SINCE) go test -v -count=1 -timeout 24h -run '$(TRIALS)' ./test/sim ./test/fault ./test/fault/mutants ./test/fault/cluster
	@$(MAKE) --no-print-directory reliability
else
fault: test-sim test-mutants test-fault
endif

reliability: ## Write docs/reliability.md from the ledger of trials
	go run ./test/ledger/reliability

test-fault: ## - kills, cuts and damage, with the real binary
	go test -count=1 -timeout 30m ./test/fault

test-cluster: ## - the same of a cluster, with real servers
	go test -count=1 -timeout 60m -parallel 2 ./test/fault/cluster

test-sim: ## - 10,000 stories of the simulation, without the race detector (SEEDS=1000000)
	GOGC=400 SEEDS=$(or $(SEEDS),10000) go test -count=1 -timeout 24h -run Stories ./test/sim

test-mutants: ## - that the tests bite: each rule taken away in turn, and caught
	go test -count=1 -timeout 60m -v -run Mutant ./test/fault/mutants | grep -vE '^ *(---|===) '; exit $${PIPESTATUS[0]}

fuzz: ## Fuzz each decoder and codec in turn (FUZZTIME=30s)
	@for package in $$(grep -rl --include='*_test.go' '^func Fuzz' internal | xargs -n 1 dirname | sort -u); do \
	  for target in $$(grep -ho '^func Fuzz[A-Za-z]*' $$package/*_test.go | cut -d ' ' -f 2); do \
	    echo "$$package $$target"; go test ./$$package -run '^$$' -fuzz "^$$target\$$" -fuzztime $(or $(FUZZTIME),30s) || exit 1; \
	  done; \
	done

test-ui: need-node npm ## - types, lint and unit tests of the pages
	cd ui && npm run typecheck && npm run lint && npm test

test-e2e: need-node build bin/devstack npm ## - the pages in a real browser, of one process and of a cluster
	cd test/e2e && npm run typecheck && npm test

pictures: need-node build npm ## Take the pictures of the documents (docs/*.png) anew, in Chromium
	cd test/e2e && NO_TEST=1 npx playwright test --workers=1 pictures

first-open: need-node build npm ## How long the pages take until they can be used, in a Chromium that is made four times slower
	cd test/e2e && NO_TEST=1 npx playwright test --workers=1 first-open

schemathesis: build ## - a stranger's tests of the API by its published document, where pip could bring them
	@test/contract/contract.py

jmeter: build bin/devstack ## - 10,000 JMeter threads at 100 units, of one process and of a cluster: exactly 100 sold, no error (AUTH=jwt: all of them known)
	@test/load/jmeter.py --auth $(or $(AUTH),body) && test/load/jmeter.py --cluster --auth $(or $(AUTH),body)

compose: ## - what ships, as it ships, where a Docker engine answers (with port 3000 and 10.83.46.0/24 free): sold out, killed, moved, taken down
	@test/compose/compose.py

audit: ## What is known against what ships, and what it is made of: vulnerabilities, gosec, licences, SBOM in bin/audit; says what was SKIPPED
	@scripts/audit

test-release: need-node pages ## - what a release is made of, of this commit, published nowhere
	@test/release/release.py $(GORELEASER)

release: need-node ## Make a release in bin/release, of a commit with its tag
	$(GORELEASER) release --clean

BENCH = test/bench/bench.py $@ $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(OUT),--out $(OUT)) $(if $(ONLY),--only "$(ONLY)")

rounds growth: deps-bench build bin/devstack bin/bench
	@$(BENCH)

bench: rounds ## Measure speed beside nginx, fasthttp and a plain handler, and write docs/performance.md (ROUNDS=5, OUT=FILE, ONLY=PART)

bench-growth: growth ## The same by products, buyers, orders and watchers, and what memory and a restart they take

.PHONY: bin/bench
bin/bench:
	go build -trimpath -o bin/ ./test/bench/...
	go -C test/bench/plain build -trimpath -o $(CURDIR)/bin/

pgo: deps-bench bin/devstack bin/bench ## Make cmd/seckill/default.pgo anew, which the compiler optimises by
	@test/bench/profile.py

clean: ## Remove what was built and downloaded; ./data stays
	rm -rf bin .cache api/node_modules ui/node_modules test/e2e/node_modules test/words/node_modules && find ui/dist -mindepth 1 ! -name .keep -delete

help: ## Print this
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "%-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

ifdef NODE
.PHONY: need-node
need-node:
pages: ui/dist/index.html
npm: $(NPM_LOCKS:%/package-lock.json=%/node_modules/.package-lock.json)
else
pages npm:
	@echo "Node 20.19 or newer is missing: the pages are not built, all else works"
need-node:
	@echo "Node 20.19 or newer is missing"; exit 1
endif

ui/dist/index.html: ui/node_modules/.package-lock.json $(UI_SOURCES)
	cd ui && npm run build
	@touch $@ # also where Vite found nothing to write

# npm writes the target at the end of an install.
%/node_modules/.package-lock.json: %/package-lock.json
	cd $* && npm ci
	@touch $@
