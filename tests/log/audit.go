// Verifies a log with the packages of Go's own checksum database, which know nothing of this project.
//
//	audit LOG_URL VERIFIER_KEY OLD_SIZE INDEX...
//
// The tree is computed again from the entries, and compared with the signed root. The entries at the given indices, and
// the tree of the old size, are proved from the tiles that the log serves. Prints the size.
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

// site is where the log is served.
type site string

func (s site) read(path string) ([]byte, error) {
	answer, err := http.Get(string(s) + path)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, answer.Status)
	}
	return io.ReadAll(answer.Body)
}

func (s site) Height() int { return height }

func (s site) SaveTiles([]tlog.Tile, [][]byte) {}

func (s site) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		// C2SP's paths leave the height out.
		hashes, err := s.read("/" + strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
		if err != nil {
			return nil, err
		}
		all = append(all, hashes)
	}
	return all, nil
}

// entries reads every bundle: each entry stands behind its length.
func (s site) entries(size int64) (all [][]byte, err error) {
	for first := int64(0); first < size; first += 1 << height {
		width := int64(1 << height)
		if size-first < width {
			width = size - first
		}
		bundle := tlog.Tile{H: height, L: -1, N: first >> height, W: int(width)}
		rest, err := s.read("/" + strings.Replace(bundle.Path(), "tile/8/data/", "tile/entries/", 1))
		if err != nil {
			return nil, err
		}
		for len(rest) > 0 {
			end := 2 + int(binary.BigEndian.Uint16(rest))
			all, rest = append(all, rest[2:end]), rest[end:]
		}
	}
	if int64(len(all)) != size {
		return nil, fmt.Errorf("%d entries, of %d", len(all), size)
	}
	return all, nil
}

func audit(s site, key string, old int64, indices []int64) (size int64, err error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return 0, err
	}
	signed, err := s.read("/checkpoint")
	if err != nil {
		return 0, err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return 0, err
	}
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != verifier.Name() {
		return 0, fmt.Errorf("the log is %s", lines[0])
	}
	if size, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return 0, err
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return 0, err
	}

	all, err := s.entries(size)
	if err != nil {
		return 0, err
	}
	var stored []tlog.Hash
	computed := tlog.HashReaderFunc(func(wanted []int64) (found []tlog.Hash, err error) {
		for _, each := range wanted {
			found = append(found, stored[each])
		}
		return found, nil
	})
	for number, entry := range all {
		added, err := tlog.StoredHashes(int64(number), entry, computed)
		if err != nil {
			return 0, err
		}
		stored = append(stored, added...)
	}
	if again, err := tlog.TreeHash(size, computed); err != nil || again != root {
		return 0, fmt.Errorf("the entries are not those that were signed (%v)", err)
	}

	served := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, s)
	for _, index := range indices {
		proof, err := tlog.ProveRecord(size, index, served)
		if err != nil {
			return 0, err
		}
		if err := tlog.CheckRecord(proof, size, root, index, tlog.RecordHash(all[index])); err != nil {
			return 0, err
		}
	}
	before, err := tlog.TreeHash(old, computed)
	if err != nil {
		return 0, err
	}
	proof, err := tlog.ProveTree(size, old, served)
	if err != nil {
		return 0, err
	}
	return size, tlog.CheckTree(proof, size, root, old, before)
}

func main() {
	var numbers []int64
	for _, written := range os.Args[3:] {
		number, err := strconv.ParseInt(written, 10, 64)
		if err != nil {
			log.Fatal(err)
		}
		numbers = append(numbers, number)
	}
	size, err := audit(site(os.Args[1]), os.Args[2], numbers[0], numbers[1:])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(size)
}
