package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.cli.terminal.ExitStatus;
import io.zigma.testing.FaultGroup;
import io.zigma.testing.FaultLine;
import io.zigma.testing.FaultScale;
import io.zigma.testing.FaultTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Disks fill up, folders vanish, and two trainings meet in one: what was saved stays saved. */
@Tag("faults")
@ExtendWith(FaultTable.class)
@DisabledOnOs(OS.WINDOWS)
class StorageFaultsTest {

    private static final int STEPS = 6;
    private static final int ROOMY = 8192;

    @TempDir Path folder;
    private Path data = Path.of("");

    @BeforeEach
    void writeData() throws IOException {
        data = TinyData.idx(folder.resolve("data"));
    }

    @Test
    void aDiskThatFillsUpAtAnyWriteCostsNothingThatWasSaved() throws Exception {
        Path whole = folder.resolve("whole");
        assertThat(train(whole, false).status()).isZero();
        int need = kibibytes(whole);
        int tries = FaultScale.times(120, 3);
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), ROOMY);
                FaultLine line =
                        FaultTable.line(
                                FaultGroup.STORAGE,
                                "disk full while a run writes, at every size from nothing to"
                                        + " enough: one line, checkpoints whole; with room again"
                                        + " the run ends with the same bytes")) {
            for (int i = 0; i < tries; i++) {
                int room = Math.max(4, need * (i + 1) / (tries + 1));
                Path run = disk.place().resolve("run" + i);
                line.attempt(
                        room + " KiB",
                        () -> {
                            disk.resize(room);
                            ZigmaProcess.Ended full = train(run, false);
                            if (full.status() != 0) {
                                full.expectRefusal(1);
                                assertThat(full.err()).contains("space");
                            }
                            disk.resize(ROOMY);
                            Optional<Path> newest = TinyTraining.newest(run);
                            if (newest.isPresent()) {
                                training().requireSound(newest.get());
                            }
                            ZigmaProcess.Ended again = train(run, newest.isPresent());
                            assertThat(again.status()).as(again.err()).isZero();
                            training().requireSameBytes(whole, run);
                        });
                deleteTree(run);
            }
        }
    }

    @Test
    void picturesAreWrittenWholeOrNotAtAll() throws Exception {
        Path model = TinyCheckpoint.withClasses(folder.resolve("model"));
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), 64);
                FaultLine line =
                        FaultTable.line(
                                FaultGroup.STORAGE,
                                "disk full while pictures are written: one line, no half file,"
                                        + " an old picture stays")) {
            for (int i = 0; i < FaultScale.times(20, 2); i++) {
                Path picture = disk.place().resolve("a.png");
                int free = i % 10;
                line.attempt(
                        "try " + i,
                        () -> {
                            Files.writeString(picture, "the old one");
                            Files.write(
                                    disk.place().resolve("filler"),
                                    new byte[(60 - 4 * free) << 10]);
                            ConsoleOfTest console = ConsoleOfTest.plain();
                            ExitStatus status =
                                    console.zigma(
                                            "generate",
                                            "-m",
                                            model.toString(),
                                            "-n",
                                            "9",
                                            "--scale",
                                            "40",
                                            "-f",
                                            "-o",
                                            picture.toString());
                            if (status == ExitStatus.DONE) {
                                assertThat(javax.imageio.ImageIO.read(picture.toFile()))
                                        .isNotNull();
                            } else {
                                assertThat(Files.readString(picture)).isEqualTo("the old one");
                                assertThat(console.err()).contains("a.png").contains("space");
                            }
                            assertThat(names(disk.place())).containsOnly("a.png", "filler");
                        });
                Files.deleteIfExists(picture);
                Files.deleteIfExists(disk.place().resolve("filler"));
            }
        }
    }

    @Test
    void aFolderThatTurnsReadOnlyOrVanishesEndsTheRunInOneLine() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), ROOMY)) {
            try (FaultLine line =
                    FaultTable.line(
                            FaultGroup.STORAGE,
                            "read-only folder: refused before the data is read; what is there is"
                                    + " untouched")) {
                Path run = disk.place().resolve("run");
                assertThat(train(run, false).status()).isZero();
                disk.makeReadOnly();
                line.attempt(
                        "new run",
                        () -> train(disk.place().resolve("other"), false).expectRefusal(1));
                line.attempt("resume", () -> train(run, true).expectRefusal(1));
                line.attempt(
                        "still whole",
                        () -> training().requireSound(TinyTraining.newest(run).orElseThrow()));
                disk.resize(ROOMY);
            }
        }
        try (FaultLine line =
                FaultTable.line(
                        FaultGroup.STORAGE,
                        "run folder removed during training: one line, status 1, no endless run")) {
            for (int i = 0; i < FaultScale.times(20, 1); i++) {
                Path run = folder.resolve("vanishing" + i);
                line.attempt(
                        "try " + i,
                        () -> {
                            ZigmaProcess process = endless(run);
                            deleteTree(run);
                            deleteTree(run); // it may have written again meanwhile
                            process.await().expectRefusal(1);
                        });
            }
        }
    }

    @Test
    void twoTrainingsNeverUseOneFolder() throws Exception {
        try (FaultLine line =
                FaultTable.line(
                        FaultGroup.STORAGE,
                        "a second process on a run folder: refused while the first lives, welcome"
                                + " after `kill -9` without any clean-up")) {
            for (int i = 0; i < FaultScale.times(20, 1); i++) {
                Path run = folder.resolve("shared" + i);
                line.attempt(
                        "try " + i,
                        () -> {
                            ZigmaProcess first = endless(run);
                            assertThat(train(run, true).expectRefusal(1).err())
                                    .contains("in use by another training");
                            first.signal("KILL");
                            first.await();
                            String taken =
                                    TinyTraining.newest(run).orElseThrow().getFileName().toString();
                            ZigmaProcess.Ended second =
                                    ZigmaProcess.run(
                                            folder,
                                            "train",
                                            "--data",
                                            data.toString(),
                                            "--out",
                                            run.toString(),
                                            "--resume",
                                            "--steps",
                                            Long.toString(Long.parseLong(taken) + 2));
                            assertThat(second.status()).as(second.err()).isZero();
                        });
            }
        }
    }

    @Test
    void whatCannotBeResumedIsNotStartedAfresh() throws Exception {
        Path run = folder.resolve("run");
        assertThat(train(run, false).status()).isZero();
        try (FaultLine line =
                FaultTable.line(
                        FaultGroup.STORAGE,
                        "`--resume` where there is no run, no checkpoint, half a checkpoint or a"
                                + " damaged one, or with other settings: refused, nothing changed")) {
            line.attempt("no folder", () -> refuseToResume(folder.resolve("nowhere")));
            Path empty = Files.createDirectory(folder.resolve("empty"));
            line.attempt("empty folder", () -> refuseToResume(empty));
            Path bare = copy(run, "bare");
            deleteTree(bare.resolve("checkpoints"));
            line.attempt("no checkpoints", () -> refuseToResume(bare));
            Path half = copy(run, "half");
            for (Path checkpoint : checkpoints(half)) {
                Files.delete(checkpoint.resolve("training.safetensors"));
            }
            line.attempt("half a checkpoint", () -> refuseToResume(half));
            Path damaged = copy(run, "damaged");
            for (Path checkpoint : checkpoints(damaged)) {
                byte[] bytes = Files.readAllBytes(checkpoint.resolve("model.safetensors"));
                bytes[bytes.length - 3] ^= 4;
                Files.write(checkpoint.resolve("model.safetensors"), bytes);
            }
            line.attempt(
                    "damaged weights",
                    () -> assertThat(refuseToResume(damaged)).contains("SHA-256"));
            line.attempt(
                    "other settings",
                    () -> {
                        List<String> before = tree(run);
                        ConsoleOfTest console = ConsoleOfTest.plain();
                        assertThat(
                                        console.zigma(
                                                "train",
                                                "--data",
                                                data.toString(),
                                                "--out",
                                                run.toString(),
                                                "--resume",
                                                "--hidden-size",
                                                "16",
                                                "--learning-rate",
                                                "0.5"))
                                .isNotEqualTo(ExitStatus.DONE);
                        assertThat(lastLine(console.err())).contains("--hidden-size is 8", "16");
                        assertThat(tree(run)).isEqualTo(before);
                    });
        }
    }

    private String refuseToResume(Path run) throws Exception {
        List<String> before = tree(run);
        ConsoleOfTest console = ConsoleOfTest.plain();
        ExitStatus status =
                console.zigma(
                        "train", "--data", data.toString(), "--out", run.toString(), "--resume");
        assertThat(status).isEqualTo(ExitStatus.FAILED);
        assertThat(lastLine(console.err())).contains(run.getFileName().toString());
        assertThat(tree(run)).isEqualTo(before);
        return console.err();
    }

    private static String lastLine(String text) {
        assertThat(text).doesNotContain("\tat ");
        return text.substring(text.stripTrailing().lastIndexOf('\n') + 1);
    }

    private TinyTraining training() {
        return new TinyTraining(folder, data, STEPS, 3);
    }

    /** A run that has saved something and goes on until it is stopped. */
    private ZigmaProcess endless(Path run) throws Exception {
        ZigmaProcess process = training().endless().start(run, false);
        while (TinyTraining.newest(run).isEmpty()) {
            assertThat(process.endsWithin(10)).isFalse();
        }
        return process;
    }

    private ZigmaProcess.Ended train(Path run, boolean resume) throws Exception {
        return training().start(run, resume).await();
    }

    private static int kibibytes(Path tree) throws IOException {
        int total = 0;
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                total += (int) ((Files.size(path) + 4095) / 4096) * 4;
            }
        }
        return total;
    }

    private static List<Path> checkpoints(Path run) throws IOException {
        try (Stream<Path> entries = Files.list(run.resolve("checkpoints"))) {
            return entries.toList();
        }
    }

    private static List<String> names(Path place) throws IOException {
        try (Stream<Path> entries = Files.list(place)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }

    /** Every file with its size and time, to see that nothing was touched. */
    private static List<String> tree(Path place) throws IOException {
        if (!Files.exists(place)) {
            return List.of();
        }
        List<String> all = new ArrayList<>();
        try (Stream<Path> paths = Files.walk(place)) {
            for (Path path : paths.filter(Files::isRegularFile).sorted().toList()) {
                if (!path.endsWith("run.lock")) {
                    all.add(path + " " + Files.size(path) + " " + Files.getLastModifiedTime(path));
                }
            }
        }
        return all;
    }

    private Path copy(Path run, String name) throws IOException {
        Path target = folder.resolve(name);
        try (Stream<Path> paths = Files.walk(run)) {
            for (Path path : paths.toList()) {
                Files.copy(path, target.resolve(run.relativize(path).toString()));
            }
        }
        return target;
    }

    private static void deleteTree(Path place) throws IOException {
        if (!Files.exists(place)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(place)) {
            for (Path path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (java.io.UncheckedIOException | java.nio.file.DirectoryNotEmptyException e) {
            return; // a process still writes there
        }
    }
}
