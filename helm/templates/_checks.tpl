{{/* Rules between keys, which the schema cannot express. */}}
{{- define "acci.checkAutoscaling" -}}
{{- with .Values.autoscaling }}
{{- if and .enabled (not .targetCPUUtilizationPercentage) (not .targetMemoryUtilizationPercentage) }}
{{- fail "autoscaling: must have a target, got none; set autoscaling.targetCPUUtilizationPercentage, for example to 80" }}
{{- end }}
{{- if gt (int .minReplicas) (int .maxReplicas) }}
{{- fail (printf "autoscaling.minReplicas: must not exceed autoscaling.maxReplicas, got %d and %d" (int .minReplicas) (int .maxReplicas)) }}
{{- end }}
{{- end }}
{{- end }}

{{/* The two autoscalers would react to the same load, one with more pods and the other with larger ones, and undo each other's decisions. */}}
{{- define "acci.checkVerticalAutoscaling" -}}
{{- $scaled := dict "cpu" .Values.autoscaling.targetCPUUtilizationPercentage "memory" .Values.autoscaling.targetMemoryUtilizationPercentage }}
{{- $mode := .Values.verticalAutoscaling.updateMode }}
{{- if and .Values.autoscaling.enabled (ne $mode "Off") }}
{{- range .Values.verticalAutoscaling.resources }}
{{- if index $scaled . }}
{{- fail (printf "verticalAutoscaling.updateMode: must be Off while autoscaling acts on %s too, got %s; take %s out of verticalAutoscaling.resources, or set autoscaling.enabled to false" . $mode .) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* A host without TLS is served with the controller's own certificate, which browsers refuse. */}}
{{- define "acci.checkIngress" -}}
{{- $covered := list }}
{{- range .Values.ingress.tls }}
{{- $covered = concat $covered .hosts }}
{{- end }}
{{- if .Values.ingress.tls }}
{{- range .Values.ingress.hosts }}
{{- $wildcard := regexReplaceAll "^[^.]+" .host "*" }}
{{- if not (or (has .host $covered) (has $wildcard $covered)) }}
{{- fail (printf "ingress.tls: must cover every host of ingress.hosts, got %s without %s; add it to the hosts of an entry, or set ingress.tls to [] for plain HTTP" (join ", " $covered) .host) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "acci.checkGateway" -}}
{{- if .Values.ingress.enabled }}
{{- fail "gateway.enabled: must not be true together with ingress.enabled; set ingress.enabled to false" }}
{{- end }}
{{- if not .Values.gateway.parentRefs }}
{{- fail "gateway.parentRefs: must name a Gateway, got none; set it to, for example, [{name: public, namespace: gateways}]" }}
{{- end }}
{{- end }}

{{/* An empty list of peers in a NetworkPolicy would allow every peer. */}}
{{- define "acci.checkNetworkPolicy" -}}
{{- $policy := .Values.networkPolicy }}
{{- if not (or .Values.postgresql.enabled $policy.database.to) }}
{{- fail "networkPolicy.database.to: must name the database when postgresql.enabled is false, got nothing; set it to, for example, [{ipBlock: {cidr: 10.1.2.3/32}}]" }}
{{- end }}
{{- if and .Values.telemetry.endpoint (not $policy.telemetry.to) }}
{{- fail "networkPolicy.telemetry.to: must name the collector of telemetry.endpoint, got nothing; set it to, for example, [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]" }}
{{- end }}
{{- if not (or .Values.redis.enabled $policy.cache.to) }}
{{- fail "networkPolicy.cache.to: must name the cache when redis.enabled is false, got nothing; set it to, for example, [{ipBlock: {cidr: 10.1.2.4/32}}]" }}
{{- end }}
{{- end }}
