module services

go 1.26

require (
	github.com/letsencrypt/pebble/v2 v2.10.1 // indirect
	github.com/pulumi/pulumi/pkg/v3 v3.259.0 // indirect
	github.com/versity/versitygw v1.8.0 // indirect
)
