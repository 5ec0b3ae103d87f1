package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// verdict says what every implementation must find. Stricter marks refusals
// that the specifications leave open; they are not expected here.
type verdict struct {
	Name     string
	Valid    bool
	Stricter bool
}

// verifyVectors compares the verdicts of the vectors with those of this
// implementation, for the formats that it knows.
func verifyVectors(folder string) error {
	checked := 0
	check := func(kind string, v verdict, err error) error {
		if v.Stricter {
			return nil
		}
		checked++
		if (err == nil) != v.Valid {
			return fmt.Errorf("%s %q: valid is %v, but here: %v", kind, v.Name, v.Valid, err)
		}
		return nil
	}

	var checkpoints []struct {
		verdict
		Log, Note string
	}
	if err := readVectors(folder, "checkpoints", &checkpoints); err != nil {
		return err
	}
	for _, v := range checkpoints {
		_, err := openWithKey(v.Note, v.Log)
		if err := check("checkpoint", v.verdict, err); err != nil {
			return err
		}
	}

	var cosignatures []struct {
		verdict
		Log, Witness, Note, Time string
	}
	if err := readVectors(folder, "cosignatures", &cosignatures); err != nil {
		return err
	}
	for _, v := range cosignatures {
		time, err := openCosigned(v.Note, v.Log, v.Witness)
		if err == nil && time != v.Time {
			err = fmt.Errorf("the time is %q", time)
		}
		if err := check("cosignature", v.verdict, err); err != nil {
			return err
		}
	}

	var inclusion []struct {
		verdict
		Leaf, Root  string
		Index, Size int64
		Path        []string
	}
	if err := readVectors(folder, "inclusion", &inclusion); err != nil {
		return err
	}
	for _, v := range inclusion {
		if err := check("inclusion", v.verdict, checkInclusion(v.Path, v.Size, v.Root, v.Index, v.Leaf)); err != nil {
			return err
		}
	}

	var consistency []struct {
		verdict
		OldRoot, NewRoot string
		OldSize, NewSize int64
		Proof            []string
	}
	if err := readVectors(folder, "consistency", &consistency); err != nil {
		return err
	}
	for _, v := range consistency {
		older, newer, err := parseTrees(v.OldSize, v.OldRoot, v.NewSize, v.NewRoot)
		if err == nil {
			err = checkConsistency(v.Proof, older, newer)
		}
		if err := check("consistency", v.verdict, err); err != nil {
			return err
		}
	}

	var splitViews []struct {
		verdict
		Log, Older, Newer string
		Proof             []string
	}
	if err := readVectors(folder, "split-view", &splitViews); err != nil {
		return err
	}
	for _, v := range splitViews {
		// Both are validly signed: only the proof can tell.
		older, err := openWithKey(v.Older, v.Log)
		if err != nil {
			return err
		}
		newer, err := openWithKey(v.Newer, v.Log)
		if err != nil {
			return err
		}
		if err := check("split view", v.verdict, checkConsistency(v.Proof, older, newer)); err != nil {
			return err
		}
	}

	fmt.Printf("{\"vectors\":%d}\n", checked)
	return nil
}

func readVectors(folder, name string, into interface{}) error {
	bytes, err := os.ReadFile(filepath.Join(folder, name+".json"))
	if err != nil {
		return err
	}
	return json.Unmarshal(bytes, into)
}

func openWithKey(signed, vkey string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	return openCheckpoint([]byte(signed), verifier)
}

// openCosigned returns the time of the witness, or nothing when it did not cosign.
func openCosigned(signed, logKey, witnessKey string) (string, error) {
	log, err := note.NewVerifier(logKey)
	if err != nil {
		return "", err
	}
	witness, err := newWitness(witnessKey)
	if err != nil {
		return "", err
	}
	opened, err := note.Open([]byte(signed), note.VerifierList(log, witness))
	if err != nil {
		return "", err
	}
	for _, sig := range opened.Sigs {
		if sig.Name != witness.name || sig.Hash != witness.hash {
			continue
		}
		blob, err := base64.StdEncoding.DecodeString(sig.Base64)
		if err != nil {
			return "", err
		}
		return fmt.Sprint(binary.BigEndian.Uint64(blob[4:])), nil
	}
	return "", nil
}

// witness is a note.Verifier for c2sp.org/tlog-cosignature, type 0x04.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newWitness(vkey string) (*witness, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, fmt.Errorf("malformed key %q", vkey)
	}
	material, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(material) != 33 || material[0] != 4 {
		return nil, fmt.Errorf("malformed key %q", vkey)
	}
	var hash uint32
	if _, err := fmt.Sscanf(parts[1], "%08x", &hash); err != nil {
		return nil, err
	}
	return &witness{parts[0], hash, material[1:]}, nil
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.hash }

func (w *witness) Verify(text, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(sig), text)
	return ed25519.Verify(w.key, []byte(message), sig[8:])
}

func checkInclusion(path []string, size int64, root string, index int64, leaf string) error {
	hashes, err := parseHashes(append([]string{root, leaf}, path...))
	if err != nil {
		return err
	}
	if size < 1 || index < 0 || index >= size {
		return fmt.Errorf("no such leaf")
	}
	return tlog.CheckRecord(hashes[2:], size, hashes[0], index, hashes[1])
}

func checkConsistency(proof []string, older, newer tlog.Tree) error {
	hashes, err := parseHashes(proof)
	if err != nil {
		return err
	}
	if older.N < 1 || older.N > newer.N {
		return fmt.Errorf("the sizes do not grow")
	}
	return tlog.CheckTree(hashes, newer.N, newer.Hash, older.N, older.Hash)
}

func parseTrees(oldSize int64, oldRoot string, newSize int64, newRoot string) (older, newer tlog.Tree, err error) {
	hashes, err := parseHashes([]string{oldRoot, newRoot})
	if err != nil {
		return older, newer, err
	}
	return tlog.Tree{N: oldSize, Hash: hashes[0]}, tlog.Tree{N: newSize, Hash: hashes[1]}, nil
}

func parseHashes(texts []string) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(texts))
	for i, text := range texts {
		hash, err := parseHash(text)
		if err != nil {
			return nil, err
		}
		hashes[i] = hash
	}
	return hashes, nil
}
