module mimir-k8s/probe

go 1.26
