package devstack

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// pom names Kafka's version, and lets Maven find what that needs.
//
//go:embed pom.xml
var pom []byte

// archive is the file, beside the jars, with Kafka's classes as Java has them once
// it has loaded them. With it a broker starts with half the work, and without it,
// or with another Java, as well.
const archive = "classes.jsa"

// FetchKafka gets Kafka through Maven, unless it is here already: some 90 MB, in
// the user's cache folder. It returns the folder with the jars.
func FetchKafka(ctx context.Context) (string, error) {
	if _, err := exec.LookPath("java"); err != nil {
		return "", fmt.Errorf("java, which runs Kafka: %w", ErrMissing)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("Kafka needs a folder to be kept in: %w", err)
	}
	// Another pom is another folder; one that is there is whole.
	sum := sha256.Sum256(pom)
	jars := filepath.Join(cache, "seckill", "kafka-"+hex.EncodeToString(sum[:6]))
	if _, err := os.Stat(jars); err == nil {
		return jars, nil
	}
	maven, err := exec.LookPath("mvn")
	if err != nil {
		return "", fmt.Errorf("Kafka, and mvn, which would get it: %w", ErrMissing)
	}
	if err := os.MkdirAll(filepath.Dir(jars), 0o755); err != nil {
		return "", err
	}
	temp, err := os.MkdirTemp(filepath.Dir(jars), "kafka-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(temp) //nolint:errcheck // what is left of it is a cache's to remove
	if err := fetch(ctx, maven, temp, jars); err != nil {
		return "", err
	}
	return jars, keepClasses(ctx, temp, jars)
}

// keptClasses is the option with which Java uses the archive, if it is there.
func keptClasses(jars string) string { return "-XX:SharedArchiveFile=" + filepath.Join(jars, archive) }

// keepClasses makes the archive, by a broker that is started for it.
func keepClasses(ctx context.Context, temp, jars string) error {
	made := filepath.Join(temp, archive)
	k, err := startKafka(ctx, filepath.Join(temp, "kafka"), 1, jars, "-XX:ArchiveClassesAtExit="+made)
	if err != nil {
		return err
	}
	k.Nodes[0].Stop()
	if err := os.Rename(made, filepath.Join(jars, archive)); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil // a Java that cannot, or took too long
}

// fetch has Maven fill a folder, and puts it in its place once it is whole.
// Whoever is the second to do so finds it there.
func fetch(ctx context.Context, maven, temp, jars string) error {
	project := filepath.Join(temp, "pom.xml")
	if err := os.WriteFile(project, pom, 0o600); err != nil {
		return err
	}
	filled := filepath.Join(temp, "jars")
	cmd := exec.Command(maven, "-B", "-q", "-f", project, "dependency:copy-dependencies", "-DoutputDirectory="+filled)
	if err := run(ctx, cmd, ""); err != nil {
		return fmt.Errorf("Kafka is %w, and Maven cannot get it: %w", ErrMissing, err)
	}
	err := os.Rename(filled, jars)
	if _, there := os.Stat(jars); there == nil {
		return nil
	}
	return err
}
