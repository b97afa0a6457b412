# Every command of the project. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# ACCI_CONTEXT=<kube context> uses that cluster and the official Pulumi; nothing local is built or started then.
export ACCI_CONTEXT
# Of `make chart`; PLAIN_HTTP=1 is for a registry without TLS.
export PUSH PLAIN_HTTP
# Of `make trace` and `make dashboards`.
export TRACES PROMETHEUS
# Compiled code is kept, for half of what a command of a fraction of a second takes is compiling.
export NODE_COMPILE_CACHE ?= $(or $(ACCI_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/acci)/node-compile-cache
STACK ?= dev
# The stack that stands in for it, in a runbook.
DR ?= dr

# The first command of every recipe: a Node.js new enough, and the packages of the lock file.
node := export PATH="$$(local/bootstrap.sh):$$PATH" &&

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^##@ / { print "\n" substr($$0, 5) } /^[a-z-]+:.*## / { printf "  make %-22s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

node_modules: package-lock.json package.json
	@$(node) npm ci --no-audit --no-fund --loglevel=error
	@touch node_modules

# What a command on the site needs in its environment, when the site is on the embedded platform.
site := $(node) eval "$$(node local/env.ts)" && node ops/cli.ts

##@ The embedded platform

.PHONY: up
up: node_modules ## from a bare machine to the dev stack answering over HTTPS
	@$(node) node local/platform.ts up

.PHONY: down
down: node_modules ## stop the embedded platform; data, tools and images stay
	@$(node) node local/platform.ts stop

.PHONY: status
status: node_modules ## what runs on the embedded platform
	@$(node) node local/platform.ts status

.PHONY: doctor
doctor: node_modules ## what this machine lacks for the embedded platform
	@$(node) node local/platform.ts doctor

.PHONY: tools
tools: node_modules ## build the tools only: Kubernetes, Helm, Pulumi and the rest
	@$(node) node local/platform.ts tools

.PHONY: clean
clean: node_modules ## stop the embedded platform and delete its data; tools and images stay in the cache
	@$(node) node local/platform.ts clean

.PHONY: observe
observe: node_modules ## on the embedded platform: a store and a page for the traces of dev and Traefik, Prometheus, Alertmanager; ARGS=stop removes them
	@$(node) node local/platform.ts observe $(ARGS)

##@ A stack

.PHONY: pulumi
pulumi: node_modules ## any Pulumi command on the embedded platform: make pulumi STACK=prod ARGS=preview
	@$(node) node local/stack/cli.ts $(STACK) $(or $(ARGS),preview)

.PHONY: history
history: node_modules ## the releases of the application
	@$(site) history $(STACK)

.PHONY: rollback
rollback: node_modules ## back to the release before, or to REVISION
	@$(site) rollback $(STACK) $(REVISION)

.PHONY: switch-back
switch-back: node_modules ## all requests to the version before, within seconds: during a rollout, or after a blue-green one
	@$(site) switch-back $(STACK)

.PHONY: rollout-list
rollout-list: node_modules ## the rollouts so far, with what decided each: make rollout-list ARGS=--html > rollouts.html
	@$(site) rollout-list $(STACK) $(ARGS)

.PHONY: release
release: node_modules ## sign what dev built and give it its version: make release VERSION=1.2.3, with COSIGN_KEY and COSIGN_PASSWORD
	@$(node) node local/stack/release.ts "$(VERSION)"

.PHONY: chart
chart: node_modules ## package the chart into dist/charts, and push it: make chart PUSH=oci://host/path
	@$(node) node release/chart.ts

##@ A look at a site

.PHONY: logs
logs: node_modules ## the application's logs: make logs STACK=prod ARGS="-f --since=10m"
	@$(site) logs $(STACK) $(ARGS)

.PHONY: shell
shell: node_modules ## a shell beside a running pod, whose own image has none: make shell ARGS="ls /proc/1/root"
	@$(site) shell $(STACK) $(ARGS)

.PHONY: port-forward
port-forward: node_modules ## the application on localhost:8080, its metrics on 9090
	@$(site) port-forward $(STACK) $(ARGS)

.PHONY: trace
trace: node_modules ## follow one request: proxy, handler, queries, cache, log lines, exemplar; TRACES=address of Jaeger's or Tempo's API
	@$(site) trace $(STACK)

.PHONY: dashboards
dashboards: node_modules ## the dashboards in a browser, without Grafana: PROMETHEUS=address, or namespace/service:port; ARGS=another port, or --pictures=folder
	@$(site) dashboards $(STACK) $(ARGS)

.PHONY: psql
psql: node_modules ## the site's database, or the one that ARGS names
	@$(site) psql $(STACK) $(ARGS)

##@ Dumps and drills

.PHONY: backup-create
backup-create: node_modules ## a dump to the object store, verified before it counts
	@$(site) backup-create $(STACK)

.PHONY: backup-list
backup-list: node_modules ## the dumps there are: make backup-list ARGS=--json, or ARGS=--offsite for those in the second store
	@$(site) backup-list $(STACK) $(ARGS)

.PHONY: offsite-copy
offsite-copy: node_modules ## copy to the second store the verified dumps that it lacks
	@$(site) offsite-copy $(STACK)

.PHONY: drill-run
drill-run: node_modules ## rehearse a recovery beside the site: restore, serve, measure
	@$(site) drill-run $(STACK)

.PHONY: drill-list
drill-list: node_modules ## the drills so far: make drill-list ARGS=--html > drills.html
	@$(site) drill-list $(STACK) $(ARGS)

##@ Recovery

.PHONY: runbook
runbook: node_modules ## what to do, with a stack's own names: make runbook NAME=loss-of-site STACK=prod; without NAME, which there are
	@$(node) node ops/cli.ts runbook $(STACK) "$(NAME)" $(DR) "$(TABLE)" "$(DUMP)"

.PHONY: database-dump
database-dump: node_modules ## the database to a file that was read back whole: make database-dump FILE=before-upgrade.dump
	@$(site) database-dump $(STACK) $(FILE)

.PHONY: database-restore
database-restore: node_modules ## a dump into a new database beside the live one: make database-restore DUMP=latest, or an id, a time, FILE=x.dump
	@$(site) database-restore $(STACK) "$(FILE)" "$(DUMP)" $(DATABASE)

.PHONY: table-recover
table-recover: node_modules ## a lost table, or its rows, from such a database: make table-recover TABLE=public.notes FROM=...
	@$(site) table-recover $(STACK) "$(TABLE)" "$(FROM)"

.PHONY: database-drop-copy
database-drop-copy: node_modules ## drop a database that database-restore made: make database-drop-copy DATABASE=...
	@$(site) database-drop-copy $(STACK) "$(DATABASE)"

.PHONY: failover-undo
failover-undo: node_modules ## back to the database that the last restore replaced
	@$(site) failover-undo $(STACK)

.PHONY: database-drop-replaced
database-drop-replaced: node_modules ## list the databases that restores have replaced; YES=1 drops all of them, DATABASE=... one
	@$(site) database-drop-replaced $(STACK) "$(DATABASE)" "$(YES)"

.PHONY: site-demote
site-demote: node_modules ## make the database read-only, before a last dump and a failover to another site
	@$(site) site-demote $(STACK)

.PHONY: site-promote
site-promote: node_modules ## let the database take writes again
	@$(site) site-promote $(STACK)

# Commands by the name that each had in an earlier release.
RENAMED := backup=backup-create backups=backup-list offsite=offsite-copy drill=drill-run drills=drill-list dump=database-dump \
  restore=database-restore recover-table=table-recover drop-scratch=database-drop-copy undo-takeover=failover-undo \
  drop-replaced=database-drop-replaced confirm=database-drop-replaced fence=site-demote unfence=site-promote
renamed := $(foreach pair,$(RENAMED),$(firstword $(subst =, ,$(pair))))

.PHONY: $(renamed)
$(renamed):
	@echo 'make $@: was renamed, use make $(patsubst $@=%,%,$(filter $@=%,$(RENAMED)))' >&2; exit 2

##@ The project

.PHONY: check
check: node_modules ## format, lint, spelling, types, dead code and the tests that need no cluster
	@$(node) npm run --silent check

.PHONY: test
test: node_modules ## everything: checks, unit, component, golden, chart, application and real cluster
	@$(node) node test/all.mts $(ONLY)

.PHONY: bench
bench: node_modules ## the measured bars: make bench ONLY=preview
	@$(node) node bench/run.ts $(ONLY)
