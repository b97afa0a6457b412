{{/* Policy of an evaluation pod: only the application may connect. It is in this chart because a subchart cannot see networkPolicy.enabled. */}}
{{- define "acci.fromApplication" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include (printf "%s.fullname" .tier) .root }}
  labels:
    {{- include "acci.labels" .root | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include (printf "%s.selectorLabels" .tier) .root | nindent 6 }}
  policyTypes: [Ingress]
  ingress:
    - from:
        - podSelector:
            matchLabels:
              {{- include "acci.selectorLabels" .root | nindent 14 }}
      ports:
        - protocol: TCP
          port: {{ .port }}
{{- end }}

{{/* Labels of the `helm test` pod. They differ from the application's, because its Service would send requests to the pod. */}}
{{- define "acci.testLabels" -}}
app.kubernetes.io/name: {{ include "acci.name" . }}-test
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
