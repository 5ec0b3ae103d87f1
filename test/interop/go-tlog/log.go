package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8
const tileWidth = 1 << tileHeight

// verifyLog checks the signature of the checkpoint, every entry against its
// inclusion proof, and that the log extends each older checkpoint.
func verifyLog(place, vkey string, olderFiles []string) error {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	files := &files{place: place, kept: map[string][]byte{}}
	signed, err := files.read("checkpoint")
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(signed, verifier)
	if err != nil {
		return err
	}
	hashes := tlog.TileHashReader(tree, files)
	for n := int64(0); n < tree.N; n++ {
		entry, err := files.entry(n, tree.N)
		if err != nil {
			return err
		}
		proof, err := tlog.ProveRecord(tree.N, n, hashes)
		if err != nil {
			return fmt.Errorf("entry %d: %w", n, err)
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, n, tlog.RecordHash(entry)); err != nil {
			return fmt.Errorf("entry %d: %w", n, err)
		}
	}
	for _, file := range olderFiles {
		signed, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		older, err := openCheckpoint(signed, verifier)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		proof, err := tlog.ProveTree(tree.N, older.N, hashes)
		if err != nil {
			return fmt.Errorf("size %d: %w", older.N, err)
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, older.N, older.Hash); err != nil {
			return fmt.Errorf("size %d: %w", older.N, err)
		}
	}
	fmt.Printf("{\"size\":%d,\"inclusion\":%d,\"consistency\":%d,\"files\":%d}\n", tree.N, tree.N, len(olderFiles), len(files.kept))
	return nil
}

// openCheckpoint is c2sp.org/tlog-checkpoint: three lines, signed by the key
// that is named like the first.
func openCheckpoint(signed []byte, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return tlog.Tree{}, fmt.Errorf("malformed checkpoint")
	}
	if lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("checkpoint of %q", lines[0])
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || strconv.FormatInt(size, 10) != lines[1] || size < 0 {
		return tlog.Tree{}, fmt.Errorf("malformed size %q", lines[1])
	}
	root, err := parseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func parseHash(text string) (tlog.Hash, error) {
	var hash tlog.Hash
	bytes, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(bytes) != tlog.HashSize {
		return hash, fmt.Errorf("malformed hash %q", text)
	}
	copy(hash[:], bytes)
	return hash, nil
}

// files reads a log from a directory or a URL, each file once. It is the
// tlog.TileReader that tlog.TileHashReader verifies against the root.
type files struct {
	place string
	kept  map[string][]byte
}

func (f *files) read(path string) ([]byte, error) {
	if bytes, ok := f.kept[path]; ok {
		return bytes, nil
	}
	bytes, err := f.load(path)
	if err == nil {
		f.kept[path] = bytes
	}
	return bytes, err
}

func (f *files) load(path string) ([]byte, error) {
	if !strings.Contains(f.place, "://") {
		return os.ReadFile(filepath.Join(f.place, filepath.FromSlash(path)))
	}
	answer, err := http.Get(f.place + "/" + path)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, answer.Status)
	}
	return io.ReadAll(io.LimitReader(answer.Body, tileWidth*(2+65535)))
}

func (f *files) Height() int { return tileHeight }

func (f *files) SaveTiles([]tlog.Tile, [][]byte) {}

func (f *files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		bytes, err := f.read(tilePath(tile))
		if err != nil {
			return nil, err
		}
		data[i] = bytes
	}
	return data, nil
}

// tilePath is c2sp.org/tlog-tiles, which leaves out the height and calls the
// tiles of records entries.
func tilePath(tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), "tile/8/")
	return "tile/" + strings.Replace(path, "data/", "entries/", 1)
}

func (f *files) entry(n, size int64) ([]byte, error) {
	bundle := tlog.Tile{H: tileHeight, L: -1, N: n / tileWidth, W: tileWidth}
	if rest := size - bundle.N*tileWidth; rest < tileWidth {
		bundle.W = int(rest)
	}
	rest, err := f.read(tilePath(bundle))
	if err != nil {
		return nil, err
	}
	for i := bundle.N * tileWidth; ; i++ {
		if len(rest) < 2 || len(rest) < 2+int(binary.BigEndian.Uint16(rest)) {
			return nil, fmt.Errorf("entry %d: bundle is cut off", n)
		}
		end := 2 + int(binary.BigEndian.Uint16(rest))
		if i == n {
			return rest[2:end], nil
		}
		rest = rest[end:]
	}
}
