{{- define "acci.name" -}}
acci-framework
{{- end }}

{{/* The release's name, with the chart's name unless it contains it: `acci-framework` stays so, `acci` becomes `acci-acci-framework`. */}}
{{- define "acci.fullname" -}}
{{- if contains (include "acci.name" .) .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "acci.name" .) | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- define "acci.selectorLabels" -}}
app.kubernetes.io/name: {{ include "acci.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "acci.labels" -}}
{{ include "acci.selectorLabels" . }}
app.kubernetes.io/part-of: acci
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "acci.image" -}}
{{- $tagged := printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $tagged .Values.image.digest -}}
{{- else -}}
{{- $tagged -}}
{{- end -}}
{{- end }}

{{/*
Number of pods to write into the Deployment; empty where the autoscaler alone decides. Helm takes a field back to its default, here one pod, when an
upgrade no longer has it. So autoscaling that is turned on keeps writing the field, with the number there is; it is told by the autoscaler
that is still missing, and later by the annotation. Without a cluster to ask, as in `helm template`, nothing is kept.
*/}}
{{- define "acci.replicas" -}}
{{- if not .Values.autoscaling.enabled -}}
{{- .Values.replicaCount -}}
{{- else -}}
{{- $name := include "acci.fullname" . -}}
{{- with lookup "apps/v1" "Deployment" .Release.Namespace $name -}}
{{- $isKept := eq (dig "annotations" "acci.dev/replicas" "" .metadata) "kept" -}}
{{- if or $isKept (not (lookup "autoscaling/v2" "HorizontalPodAutoscaler" $.Release.Namespace $name)) -}}
{{- max .spec.replicas $.Values.autoscaling.minReplicas -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* What all spans of a pod have in common; the kubelet fills in $(POD_NAME). */}}
{{- define "acci.resourceAttributes" -}}
{{- $own := dict
  "service.namespace" .Release.Namespace
  "service.version" (.Values.image.tag | default .Chart.AppVersion)
  "service.instance.id" "$(POD_NAME)"
  "k8s.namespace.name" .Release.Namespace
  "k8s.deployment.name" (include "acci.fullname" .)
  "k8s.pod.name" "$(POD_NAME)" -}}
{{- $pairs := list -}}
{{- range $key, $value := merge (deepCopy .Values.telemetry.resourceAttributes) $own -}}
{{- $pairs = append $pairs (printf "%s=%s" $key ($value | replace "%" "%25" | replace "," "%2C" | replace "=" "%3D")) -}}
{{- end -}}
{{- join "," $pairs -}}
{{- end }}

{{- define "acci.databaseSecret" -}}
{{- .Values.database.existingSecret | default (printf "%s-database" (include "acci.fullname" .)) -}}
{{- end }}

{{- define "acci.migrateSecret" -}}
{{- .Values.database.migrateSecret | default (printf "%s-migrate" (include "acci.fullname" .)) -}}
{{- end }}

{{- define "acci.cacheSecret" -}}
{{- .Values.cache.existingSecret | default (printf "%s-cache" (include "acci.fullname" .)) -}}
{{- end }}

{{- define "acci.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* Secret with the passwords of the evaluation data tier; its subcharts read them from here. */}}
{{- define "acci.generatedSecret" -}}
{{- printf "%s-generated" (include "acci.fullname" .) -}}
{{- end }}

{{/*
Pods of a release that is scaled from outside: those that there are. None when it gets another version while no route leads to it, as
the pods of the version before would then stand by in vain. A release that all requests are led to must not get another version.
*/}}
{{- define "acci.keptReplicas" -}}
{{- $name := include "acci.fullname" . -}}
{{- $live := lookup "apps/v1" "Deployment" .Release.Namespace $name -}}
{{- $weight := 0 -}}
{{- if .Capabilities.APIVersions.Has "gateway.networking.k8s.io/v1/HTTPRoute" -}}
{{- range (lookup "gateway.networking.k8s.io/v1" "HTTPRoute" .Release.Namespace "").items -}}
{{- range .spec.rules -}}
{{- $refs := .backendRefs | default list -}}
{{- range $refs -}}
{{- if and (eq .name $name) (gt (len $refs) 1) -}}
{{- $weight = .weight | int -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $is := dig "spec" "template" "metadata" "annotations" "acci.dev/version" "" $live -}}
{{- $isOther := ne $is (dig "acci.dev/version" "" .Values.podAnnotations) -}}
{{- if and $isOther (eq $weight 100) -}}
{{- fail (printf "release %s: must not get another version while all requests are led to it; wait for the end of the rollout, or run make switch-back" $name) -}}
{{- end -}}
{{- if and $isOther (eq $weight 0) -}}0{{- else -}}{{ dig "spec" "replicas" 0 $live | int }}{{- end -}}
{{- end -}}
