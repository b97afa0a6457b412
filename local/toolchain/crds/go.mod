module crds

go 1.26

require (
	github.com/prometheus-operator/prometheus-operator v0.92.1 // indirect
	k8s.io/autoscaler/vertical-pod-autoscaler v1.5.1 // indirect
	sigs.k8s.io/gateway-api v1.4.1 // indirect
)
