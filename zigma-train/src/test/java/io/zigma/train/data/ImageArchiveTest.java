package io.zigma.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageArchiveTest {

    @TempDir Path place;
    private final Map<String, byte[]> files = new LinkedHashMap<>();

    @BeforeEach
    void makeFiles() throws IOException {
        files.put("dogs/1.png", TinyPictures.png(Color.BLUE));
        files.put("cats/0.png", TinyPictures.png(Color.RED));
        files.put("cats/more/2.png", TinyPictures.png(Color.GREEN));
    }

    @Test
    void anArchiveIsTheDataSetThatItsFolderIs() throws IOException {
        Path folder = Files.createDirectory(place.resolve("folder"));
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path path = folder.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, file.getValue());
        }
        ImageDataset same = open(folder);
        for (Path archive : archives()) {
            for (long cacheBytes : new long[] {1 << 20, 4096}) {
                ImageDataset data =
                        Datasets.open(archive, TinyPictures.COLOUR.withCacheBytes(cacheBytes));
                assertThat(data.labels()).as("%s", archive).containsExactly("cats", "dogs");
                assertThat(data.contentHash()).isEqualTo(same.contentHash());
                assertThat(data.skipped()).isEmpty();
                assertThat(data.warnings()).isEmpty();
                for (int i = 0; i < 3; i++) {
                    assertThat(data.label(i)).isEqualTo(same.label(i));
                    assertThat(TinyPictures.values(data, i))
                            .isEqualTo(TinyPictures.values(same, i));
                }
            }
        }
    }

    @Test
    void picturesThatAreNotStoredAreReadFromTheArchiveAgain() throws IOException {
        for (Path archive : List.of(zip("a.zip"), tar("a.tar"))) {
            ImageDataset data = Datasets.open(archive, TinyPictures.COLOUR.withCacheBytes(0));
            assertThat(TinyPictures.first(data, 0)).containsExactly(255, 0, 0);
            assertThat(TinyPictures.first(data, 2)).containsExactly(0, 0, 255);
        }
    }

    @Test
    void anOuterFolderIsNoClass() throws IOException {
        Map<String, byte[]> inner = new LinkedHashMap<>(files);
        files.clear();
        inner.forEach((name, content) -> files.put("./pets/" + name, content));
        for (Path archive : archives()) {
            ImageDataset data = open(archive);
            assertThat(data.labels()).containsExactly("cats", "dogs");
            assertThat(data.warnings()).singleElement().asString().contains("'pets'");
        }
    }

    @Test
    void aFolderOfArchivesIsOneDataSet() throws IOException {
        Path shards = Files.createDirectory(place.resolve("shards"));
        files.clear();
        files.put("000.png", TinyPictures.png(Color.RED));
        files.put("000.cls", new byte[] {'0'});
        write(shards.resolve("00000.tar"), Map.copyOf(files));
        files.put("000.png", TinyPictures.png(Color.BLUE));
        write(shards.resolve("00001.tar"), files);
        ImageDataset data = open(shards);
        assertThat(data.size()).isEqualTo(2);
        assertThat(TinyPictures.first(data, 0)).containsExactly(255, 0, 0);
        assertThat(TinyPictures.first(data, 1)).containsExactly(0, 0, 255);
        assertThat(data.labels()).as("their .cls").containsExactly("0");
        assertThat(data.warnings()).isEmpty();
    }

    @Test
    void whatIsNoPictureIsCountedAndWhatIsDamagedIsNamed() throws IOException {
        files.put("cats/notes.txt", new byte[] {1});
        files.put("cats/broken.png", new byte[] {1});
        files.put("cats/unnamed", TinyPictures.png(Color.RED));
        files.put("__MACOSX/cats/._0.png", new byte[] {1});
        files.put("../out.png", TinyPictures.png(Color.RED));
        for (Path archive : archives()) {
            ImageDataset data = open(archive);
            assertThat(data.size()).isEqualTo(4);
            assertThat(data.skipped())
                    .extracting(SkippedFile::toString)
                    .anyMatch(line -> line.contains("cats/broken.png: not a picture"))
                    .anyMatch(line -> line.contains("out.png: its name refers to a place outside"))
                    .hasSize(2);
            assertThat(String.join("\n", data.warnings())).contains("1 .txt", "__MACOSX");
        }
        assertThat(place.resolve("../out.png")).doesNotExist();
    }

    @Test
    void anEntryThatUnpacksToTooMuchIsNamed() throws IOException {
        Path zip = place.resolve("bomb.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            out.putNextEntry(new ZipEntry("a/0.png"));
            out.write(TinyPictures.png(Color.RED));
            out.putNextEntry(new ZipEntry("a/bomb.png"));
            byte[] nothing = new byte[1 << 20];
            for (int i = 0; i < 257; i++) {
                out.write(nothing);
            }
        }
        assertThat(Files.size(zip)).isLessThan(1 << 20);
        ImageDataset data = open(zip);
        assertThat(data.size()).isEqualTo(1);
        assertThat(data.skipped()).singleElement().asString().contains("bomb.png", "256 MiB");
    }

    @Test
    void aPackedTarThatDoesNotFitIsRefusedWithTheRemedy() throws IOException {
        Path packed = tarGz("a.tar.gz");
        assertThatThrownBy(() -> Datasets.open(packed, TinyPictures.COLOUR.withCacheBytes(100)))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("gunzip");
    }

    @Test
    void namesOfOldProgramsAreRead() throws IOException {
        Path zip = place.resolve("old.zip");
        try (ZipOutputStream out =
                new ZipOutputStream(Files.newOutputStream(zip), Charset.forName("IBM437"))) {
            out.putNextEntry(new ZipEntry("caf\u00e9/0.png"));
            out.write(TinyPictures.png(Color.RED));
        }
        assertThat(open(zip).labels()).containsExactly("caf\u00e9");
    }

    @Test
    void namesAreComposed() throws IOException {
        files.put(
                "cafe\u0301/a name that is longer than the hundred bytes of an old header "
                        + "of a tar file and so needs another one.png",
                TinyPictures.png(Color.RED));
        for (Path archive : archives()) {
            assertThat(open(archive).labels()).contains("caf\u00e9");
        }
        files.put("caf\u00e9/0.png", TinyPictures.png(Color.RED));
        for (Path archive : archives()) {
            assertThatThrownBy(() -> open(archive))
                    .isInstanceOf(DatasetException.class)
                    .hasMessageContaining("two forms");
        }
    }

    @Test
    void linksWithinAnArchiveAreNamed() throws IOException {
        Path tar = place.resolve("links.tar");
        try (TarArchiveOutputStream out = new TarArchiveOutputStream(Files.newOutputStream(tar))) {
            put(out, "a/0.png", TinyPictures.png(Color.RED));
            TarArchiveEntry link = new TarArchiveEntry("a/1.png", TarConstants.LF_SYMLINK);
            link.setLinkName("/etc/passwd");
            out.putArchiveEntry(link);
            out.closeArchiveEntry();
        }
        ImageDataset data = open(tar);
        assertThat(data.size()).isEqualTo(1);
        assertThat(data.skipped()).singleElement().asString().contains("1.png", "a link");
    }

    @Test
    void anArchiveThatIsCutOffOrNoneIsRefused() throws IOException {
        for (Path archive : archives()) {
            byte[] whole = Files.readAllBytes(archive);
            for (int length = 0; length < whole.length - 1100; length += 64) {
                Files.write(archive, Arrays.copyOf(whole, length));
                try {
                    ImageDataset data = open(archive);
                    // a plain tar that ends between two entries is a smaller one
                    assertThat(archive.toString()).endsWith(".tar");
                    assertThat(length % 512).as("%d of %s", length, archive).isZero();
                    assertThat(data.warnings()).anyMatch(line -> line.contains("lacks its end"));
                } catch (DatasetException e) {
                    assertThat(e).hasMessageStartingWith(archive.toString());
                }
            }
        }
        Path text = Files.writeString(place.resolve("text.zip"), "no archive");
        assertThatThrownBy(() -> open(text))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("not a sound zip file");
    }

    @Test
    void otherFilesAreRefusedWithWhatADataSetCanBe() throws IOException {
        Path file = Files.writeString(place.resolve("x.npz"), "x");
        assertThatThrownBy(() -> open(file))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("x.npz: this is a file of no kind")
                .hasMessageContaining("zip, tar");
    }

    private List<Path> archives() throws IOException {
        return new ArrayList<>(List.of(zip("a.zip"), tar("a.tar"), tarGz("a.tar.gz")));
    }

    private Path zip(String name) throws IOException {
        Path zip = place.resolve(name);
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                out.putNextEntry(new ZipEntry(file.getKey()));
                out.write(file.getValue());
            }
        }
        return zip;
    }

    private Path tar(String name) throws IOException {
        return write(place.resolve(name), files);
    }

    private Path tarGz(String name) throws IOException {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        write(plain, files);
        Path packed = place.resolve(name);
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write(plain.toByteArray());
        }
        return packed;
    }

    private static Path write(Path tar, Map<String, byte[]> files) throws IOException {
        try (OutputStream out = Files.newOutputStream(tar)) {
            write(out, files);
        }
        return tar;
    }

    private static void write(OutputStream stream, Map<String, byte[]> files) throws IOException {
        try (TarArchiveOutputStream out =
                new TarArchiveOutputStream(stream, StandardCharsets.UTF_8.name())) {
            out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                put(out, file.getKey(), file.getValue());
            }
        }
    }

    private static void put(TarArchiveOutputStream out, String name, byte[] content)
            throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, true);
        entry.setSize(content.length);
        out.putArchiveEntry(entry);
        out.write(content);
        out.closeArchiveEntry();
    }

    private static ImageDataset open(Path archive) throws IOException {
        return Datasets.open(archive, TinyPictures.COLOUR);
    }
}
