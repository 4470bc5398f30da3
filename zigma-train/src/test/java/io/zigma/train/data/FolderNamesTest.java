package io.zigma.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.Color;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class FolderNamesTest {

    private static final String COMPOSED = "caf\u00e9";
    private static final String DECOMPOSED = "cafe\u0301";

    @TempDir Path folder;

    @Test
    void classNamesAreComposedHoweverTheyAreStored() throws IOException {
        write(DECOMPOSED + "/0.png");
        write("zebra/0.png");
        assertThat(open().labels()).containsExactly(COMPOSED, "zebra");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aNameInBothFormsIsRefusedWithBoth() throws IOException {
        write(COMPOSED + "/0.png");
        write(DECOMPOSED + "/0.png");
        assertThatThrownBy(this::open)
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("caf\\u00e9")
                .hasMessageContaining("cafe\\u0301");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void namesThatDifferInCaseAreTwoClasses() throws IOException {
        write("a/0.png");
        write("A/0.png");
        assertThat(open().labels()).containsExactly("A", "a");
    }

    @Test
    void theHashIsThatOfTheComposedNameAndOfEarlierVersions() throws Exception {
        write(DECOMPOSED + "/0.png");
        write("zebra/1.png");
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (String label : List.of(COMPOSED, "zebra")) {
            byte[] name = label.getBytes(StandardCharsets.UTF_8);
            digest.update(new byte[] {0, 0, 0, 0, 0, 0, 0, (byte) name.length});
            digest.update(name);
            digest.update(new byte[] {0, 0, 0, 0, 0, 0, 0, 32});
            digest.update(MessageDigest.getInstance("SHA-256").digest(TinyPictures.png(Color.RED)));
        }
        String expected = HexFormat.of().formatHex(digest.digest());
        assertThat(open().contentHash()).isEqualTo(expected);
        assertThat(everything().contentHash()).isEqualTo(expected);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void namesAreTheSameWhereTheLocaleLacksTheirLetters() throws Exception {
        assumeTrue(
                System.getProperty("sun.jnu.encoding", "").equalsIgnoreCase("UTF-8"),
                "this process cannot write such names itself");
        write(DECOMPOSED + "/\u732b.png");
        write("\u732b/1.png");
        write("plain/2.png");
        String inUtf8 = listing(false);
        String inC = listing(true);
        assertThat(inC).contains("3 pictures", "caf\\u00e9, plain, \\u732b");
        assertThat(inC.replace("ANSI_X3.4-1968", "UTF-8")).isEqualTo(inUtf8);
    }

    private String listing(boolean poorLocale) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Listing.class.getName(),
                        folder.toString());
        if (poorLocale) {
            builder.environment().put("LC_ALL", "C");
        }
        Process process = builder.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    /** Opens a folder in a process of its own. */
    static final class Listing {
        public static void main(String[] args) throws IOException {
            ImageDataset data = Datasets.open(Path.of(args[0]), TinyPictures.COLOUR);
            StringBuilder line = new StringBuilder();
            line.append(System.getProperty("sun.jnu.encoding"));
            line.append(": %s pictures, ".formatted(data.size()));
            line.append(
                    String.join(", ", data.labels().stream().map(FileNames::codePoints).toList()));
            line.append(' ').append(data.contentHash());
            line.append(' ').append(data.skipped()).append(data.warnings());
            System.out.println(line);
        }
    }

    @Test
    void filesWithoutAnEndingAreKnownByTheirContent() throws IOException {
        write("a/img0");
        write("a/IMG.0001");
        write("a/UPPER.PNG");
        Files.writeString(folder.resolve("a/README"), "hello");
        ImageDataset data = open();
        assertThat(data.size()).isEqualTo(3);
        assertThat(data.warnings())
                .singleElement()
                .asString()
                .contains("1 file", "1 without an ending");
    }

    @Test
    void otherFilesAreCounted() throws IOException {
        write("a/0.png");
        for (String name : List.of("a/x.npy", "a/y.npy", "a/z.txt", "list.csv")) {
            Files.writeString(folder.resolve(name), "x");
        }
        ImageDataset data = open();
        assertThat(data.skipped()).isEmpty();
        assertThat(data.warnings())
                .singleElement()
                .asString()
                .contains("4 files", "1 .csv, 2 .npy, 1 .txt");
    }

    @Test
    void kindsThatCannotBeDecodedAreNamed() throws IOException {
        write("a/0.png");
        Files.writeString(folder.resolve("a/1.ppm"), "P3 1 1 255 1 2 3");
        assertThat(open().skipped()).singleElement().asString().contains("1.ppm", "PNM");
    }

    @Test
    void whatOtherProgramsLeaveBehindIsNoClassAndIsReported() throws IOException {
        write("cats/0.png");
        write("cats/.ipynb_checkpoints/0-checkpoint.png");
        write("cats/._0.png");
        write("@eaDir/0.png");
        write("__MACOSX/cats/._0.png");
        write(".thumbnails/0.png");
        Files.createDirectory(folder.resolve("$RECYCLE.BIN"));
        Files.writeString(folder.resolve("cats/Thumbs.db"), "x");
        Files.writeString(folder.resolve("cats/.DS_Store"), "x");
        Files.writeString(folder.resolve("cats/desktop.ini"), "x");
        for (ImageDataset data : List.of(open(), everything())) {
            assertThat(data.size()).isEqualTo(1);
            assertThat(data.skipped()).isEmpty();
            assertThat(data.warnings())
                    .singleElement()
                    .asString()
                    .contains("are left out", "and 2 more");
        }
        assertThat(open().labels()).containsExactly("cats");
    }

    @Test
    void aFolderMayBeCalledAsAPictureIs() throws IOException {
        write("x.png/0.png");
        assertThat(open().labels()).containsExactly("x.png");
    }

    @Test
    void withoutClassesEverythingBelowIsRead() throws IOException {
        write("0.png");
        write("1.png");
        write("thumbnails/0.png");
        write("deep/er/0.png");
        ImageDataset data = everything();
        assertThat(data.size()).isEqualTo(4);
        assertThat(data.labels()).isEmpty();
        assertThat(data.label(3)).isEqualTo(-1);
        assertThat(open().warnings())
                .singleElement()
                .asString()
                .contains("2 pictures are beside", "--unconditional");
    }

    @Test
    void partsOfADataSetThatAreTakenForClassesGetAHint() throws IOException {
        write("train/cats/0.png");
        write("val/cats/0.png");
        assertThat(open().warnings())
                .singleElement()
                .asString()
                .contains(folder + "/train to train on", folder + "/val to measure with");
        write("dogs/0.png");
        assertThat(open().warnings()).isEmpty();
    }

    @Test
    void losingAWholeClassEndsTheReading() throws IOException {
        write("cats/0.png");
        Files.createDirectory(folder.resolve("dogs"));
        Files.writeString(folder.resolve("dogs/0.png"), "no picture");
        Files.writeString(folder.resolve("dogs/1.png"), "no picture");
        assertThatThrownBy(this::open)
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("none of the 2 pictures of class 'dogs'")
                .hasMessageContaining("0.png: not a picture");
        assertThat(everything().size()).isEqualTo(1);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aClassFolderThatMayNotBeReadEndsTheReading() throws IOException {
        write("cats/0.png");
        write("dogs/0.png");
        Path dogs = folder.resolve("dogs");
        Files.setPosixFilePermissions(dogs, PosixFilePermissions.fromString("---------"));
        try {
            assumeTrue(!Files.isReadable(dogs), "this user may read everything");
            assertThatThrownBy(this::open)
                    .isInstanceOf(DatasetException.class)
                    .hasMessageContaining("dogs: the class folder cannot be listed (permission");
        } finally {
            Files.setPosixFilePermissions(dogs, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aClassNameThatIsNoTextIsRefusedAndNamed() throws Exception {
        write("cats/0.png");
        Process process =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "mkdir \"$(printf 'caf\\351')\" && cp cats/0.png \"$(printf 'caf\\351')\"")
                        .directory(folder.toFile())
                        .start();
        assumeTrue(process.waitFor() == 0, "the file system takes no such name");
        assertThatThrownBy(this::open)
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("caf\\xe9")
                .hasMessageContaining("no UTF-8");
        // the name of a file has no meaning
        assertThat(everything().size()).isEqualTo(2);
    }

    @Test
    void namesAreComparedComposed() {
        assertThat(FileNames.composed(DECOMPOSED)).isEqualTo(COMPOSED);
        assertThat(Normalizer.isNormalized(FileNames.composed(DECOMPOSED), Normalizer.Form.NFC))
                .isTrue();
        assertThat(
                        List.of("b", "\ud83d\ude00", "\uff21", "a", "B").stream()
                                .sorted(FileNames.ORDER)
                                .toList())
                .containsExactly("B", "a", "b", "\uff21", "\ud83d\ude00");
    }

    private void write(String name) throws IOException {
        TinyPictures.write(folder.resolve(name), Color.RED);
    }

    private ImageDataset open() throws IOException {
        return Datasets.open(folder, TinyPictures.COLOUR);
    }

    private ImageDataset everything() throws IOException {
        return Datasets.open(folder, TinyPictures.COLOUR.withEverything(true));
    }
}
