{{/* The evaluation tier answers the application alone. Its own charts cannot see whether policies are wanted. */}}
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

{{/* The pod of `helm test`. Not the application's labels, or its Service would send it requests. */}}
{{- define "acci.testLabels" -}}
app.kubernetes.io/name: {{ include "acci.name" . }}-test
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
