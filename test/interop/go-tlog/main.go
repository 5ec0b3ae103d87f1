// Command go-tlog checks logs and vectors written by packages/tlog with an
// implementation that shares no line with it: golang.org/x/mod/sumdb.
//
//	go-tlog log DIRECTORY-OR-URL VKEY [OLDER-CHECKPOINT...]
//	go-tlog vectors DIRECTORY
//
// It exits with status 1 and one line on standard error when anything does not hold.
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) >= 3 && args[0] == "log":
		return verifyLog(args[1], args[2], args[3:])
	case len(args) == 2 && args[0] == "vectors":
		return verifyVectors(args[1])
	}
	return fmt.Errorf("usage: go-tlog log DIRECTORY-OR-URL VKEY [OLDER-CHECKPOINT...] | go-tlog vectors DIRECTORY")
}
