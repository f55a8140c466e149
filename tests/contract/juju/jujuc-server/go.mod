module jujuc-server

go 1.23
