package io.zigma.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CaptionsTest {

    @TempDir Path folder;

    @Nested
    class FilesBesidePictures {

        @Test
        void everyLineIsACaption() throws IOException {
            picture("a.png");
            text("a.txt", "a red square\n\n  the colour red  \n");
            picture("b.jpg.png");
            text("b.jpg.caption", "another");
            ImageDataset data = open();
            assertThat(data.captioned()).isTrue();
            assertThat(data.captions(0)).containsExactly("a red square", "the colour red");
            assertThat(data.captions(1)).containsExactly("another");
            assertThat(data.warnings()).isEmpty();
        }

        @Test
        void bothEndingsCountAndSoDoesTheWholeName() throws IOException {
            picture("a.png");
            text("a.TXT", "one");
            text("a.caption", "two");
            text("a.png.txt", "three");
            assertThat(open().captions(0)).containsExactlyInAnyOrder("one", "two", "three");
        }

        @ParameterizedTest
        @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE"})
        void aByteOrderMarkAndWindowsLineEndsAreNoPartOfIt(String charset) throws IOException {
            picture("a.png");
            Files.write(
                    folder.resolve("a.txt"),
                    "\ufeffein Apfel – grün\r\nan apple\r\n".getBytes(Charset.forName(charset)));
            assertThat(open().captions(0)).containsExactly("ein Apfel – grün", "an apple");
        }

        @Test
        void namesOfMacsFitThoseOfOthers() throws IOException {
            picture(Normalizer.normalize("é.png", Normalizer.Form.NFD));
            text(Normalizer.normalize("é.txt", Normalizer.Form.NFC), "an accent");
            assertThat(open().captions(0)).containsExactly("an accent");
        }

        @Test
        void aTextThatIsNoUtf8IsNamed() throws IOException {
            picture("a.png");
            text("a.txt", "fine");
            picture("b.png");
            Files.write(folder.resolve("b.txt"), "grün".getBytes(StandardCharsets.ISO_8859_1));
            assertThatThrownBy(CaptionsTest.this::open)
                    .isInstanceOf(DatasetException.class)
                    .hasMessageEndingWith("b.txt: is no UTF-8 text; save it as UTF-8");
        }

        @Test
        void classesKeepTheirNamesBesideCaptions() throws IOException {
            picture("cats/1.png");
            text("cats/1.txt", "a cat that sleeps");
            picture("dogs/1.png");
            text("dogs/1.txt", "a dog that runs");
            ImageDataset data = open();
            assertThat(data.labels()).containsExactly("cats", "dogs");
            assertThat(data.label(1)).isEqualTo(1);
            assertThat(data.captions(1)).containsExactly("a dog that runs");
        }

        @Test
        void aFewPicturesWithoutACaptionAreLeftOutAndNamed() throws IOException {
            for (String name : List.of("a", "b", "c")) {
                picture(name + ".png");
                text(name + ".txt", name.equals("b") ? " \n" : name);
            }
            ImageDataset data = open();
            assertThat(data.size()).isEqualTo(2);
            assertThat(data.captions(1)).containsExactly("c");
            assertThat(data.warnings())
                    .containsExactly(
                            folder + ": 1 of 3 pictures have no caption and are left out: b.png");
        }

        @Test
        void aFolderOfWhichMostPicturesHaveNoneIsRefused() throws IOException {
            for (String name : List.of("a", "b", "c")) {
                picture(name + ".png");
            }
            text("c.txt", "only this");
            assertThatThrownBy(CaptionsTest.this::open)
                    .isInstanceOf(DatasetException.class)
                    .hasMessageContaining("only 1 of 3 pictures have captions")
                    .hasMessageContaining("the first without one is " + folder.resolve("a.png"));
        }

        @Test
        void classesOfWhichMostPicturesHaveNoneStayClasses() throws IOException {
            for (String name : List.of("a", "b", "c")) {
                picture("cats/" + name + ".png");
            }
            text("cats/c.txt", "only this");
            ImageDataset data = open();
            assertThat(data.captioned()).isFalse();
            assertThat(data.size()).isEqualTo(3);
            assertThat(data.labels()).containsExactly("cats");
            assertThat(data.warnings().get(0))
                    .isEqualTo(folder + ": only 1 of 3 pictures have captions, which are not used");
        }

        @Test
        void aCaptionWithoutItsPictureIsTold() throws IOException {
            picture("a.png");
            text("a.txt", "here");
            text("gone.txt", "nothing");
            assertThat(open().warnings())
                    .containsExactly(folder + ": there is no picture for the captions of gone.txt");
        }
    }

    @Nested
    class Metadata {

        @Test
        void everyLineNamesAPictureAndItsCaptions() throws IOException {
            picture("a.png");
            picture("sub/b.png");
            text(
                    "metadata.jsonl",
                    """
                    {"file_name":"./sub/b.png","text":["two","zwei"],"style":"flat","size":3,"held_out":true}
                    {"file_name":"a.png","text":"one","style":null}
                    """);
            ImageDataset data = open();
            assertThat(data.size()).isEqualTo(2);
            assertThat(data.labels()).as("folders are no classes here").isEmpty();
            assertThat(data.captions(0)).containsExactly("one");
            assertThat(data.captions(1)).containsExactly("two", "zwei");
            assertThat(data.attributes(1))
                    .isEqualTo(Map.of("style", "flat", "size", "3", "held_out", "true"));
            assertThat(data.warnings()).isEmpty();
        }

        @Test
        void severalLinesOfAPictureAreSeveralCaptions() throws IOException {
            picture("a.png");
            text(
                    "metadata.jsonl",
                    "{\"file_name\":\"a.png\",\"text\":\"one\"}\n{\"file_name\":\"a.png\",\"text\":\"two\\nthree\"}");
            assertThat(open().captions(0)).containsExactly("one", "two", "three");
        }

        @Test
        void aTableIsReadAsTheLinesAre() throws IOException {
            picture("a.png");
            picture("b.png");
            text(
                    "metadata.csv",
                    "\ufefffile_name,text,by\r\na.png,\"a \"\"big\"\" cat, asleep\",me\r\n\r\nb.png,\"first\nsecond\",\r\n");
            ImageDataset data = open();
            assertThat(data.captions(0)).containsExactly("a \"big\" cat, asleep");
            assertThat(data.captions(1)).containsExactly("first", "second");
            assertThat(data.attributes(0)).isEqualTo(Map.of("by", "me"));
        }

        @Test
        void namesCountFromTheFolderOfTheFile() throws IOException {
            picture("one/a.png");
            picture("two/a.png");
            text("one/metadata.jsonl", "{\"file_name\":\"a.png\",\"text\":\"first\"}");
            text("two/metadata.jsonl", "{\"file_name\":\"a.png\",\"text\":\"second\"}");
            ImageDataset data = open();
            assertThat(data.captions(0)).containsExactly("first");
            assertThat(data.captions(1)).containsExactly("second");
            assertThat(data.labels()).containsExactly("one", "two");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"file_name\":\"a.png\",\"text\":",
                    "[1]",
                    "{'file_name':'a.png'}",
                    "{\"text\":\"no name\"}",
                    "{\"file_name\":\"a.png\",\"text\":7}",
                    "{\"file_name\":\"a.png\"} {}",
                })
        void aDamagedLineIsNamedByItsNumber(String line) throws IOException {
            picture("a.png");
            picture("b.png");
            text("b.txt", "so that there are captions");
            text("metadata.jsonl", "{\"file_name\":\"a.png\",\"text\":\"one\"}\r\n\r\n" + line);
            assertThatThrownBy(CaptionsTest.this::open)
                    .isInstanceOf(DatasetException.class)
                    .hasMessageContaining("metadata.jsonl, line 3: ")
                    .hasMessageEndingWith("; correct or remove the line");
        }

        @Test
        void aDamagedTableIsNamedByItsLine() throws IOException {
            picture("a.png");
            text("a.txt", "so that there are captions");
            text("metadata.csv", "file_name,text\na.png,\"x\ny\"\nb.png\n");
            assertThatThrownBy(CaptionsTest.this::open)
                    .hasMessageContaining("metadata.csv, line 4: has 1 values for 2 columns");
            text("metadata.csv", "file_name,text\na.png,\"x\n");
            assertThatThrownBy(CaptionsTest.this::open)
                    .hasMessageContaining("metadata.csv, line 2: a quotation mark is never closed");
        }

        @Test
        void aDamagedFileAloneIsToldWhereItWasSilentBefore() throws IOException {
            picture("a.png");
            text("metadata.jsonl", "{");
            ImageDataset data = open();
            assertThat(data.captioned()).isFalse();
            assertThat(data.warnings())
                    .anyMatch(line -> line.contains("metadata.jsonl, line 1: is no JSON object"));
        }

        @Test
        void aPictureThatIsNamedAndNotThereIsTold() throws IOException {
            picture("a.png");
            text(
                    "metadata.jsonl",
                    "{\"file_name\":\"a.png\",\"text\":\"one\"}\n{\"file_name\":\"gone.png\",\"text\":\"two\"}");
            assertThat(open().warnings())
                    .singleElement()
                    .asString()
                    .contains("there is no picture for the captions of", "gone.png");
        }

        @Test
        void namesWithAccentsFitInEitherForm() throws IOException {
            picture(Normalizer.normalize("é.png", Normalizer.Form.NFC));
            text(
                    "metadata.jsonl",
                    Normalizer.normalize(
                            "{\"file_name\":\"é.png\",\"text\":\"one\"}", Normalizer.Form.NFD));
            assertThat(open().captions(0)).containsExactly("one");
        }
    }

    @Test
    void aFolderWithoutCaptionsIsWhatItWas() throws IOException {
        picture("cats/a.png");
        picture("dogs/b.png");
        ImageDataset plain = open();
        String hash = plain.contentHash();
        text("readme.txt", "hello");
        text("cats/metadata.jsonl", "{\"other\":1}");
        text("dogs/metadata.csv", "file_name,label\nb.png,dog\n");
        text("dogs/x.caption", "no picture of that name");
        ImageDataset data = open();
        assertThat(data.captioned()).isFalse();
        assertThat(data.captions(0)).isEmpty();
        assertThat(data.attributes(0)).isEmpty();
        assertThat(data.labels()).containsExactly("cats", "dogs");
        assertThat(data.contentHash()).isEqualTo(hash);
        assertThat(data.warnings())
                .containsExactly(
                        folder
                                + ": 4 files that are no pictures are left out (1 without an ending, 1 .csv, 1 .jsonl, 1 .txt)");
    }

    @Test
    void theContentHashCoversCaptions() throws IOException {
        picture("a.png");
        String without = open().contentHash();
        text("a.txt", "one");
        String one = open().contentHash();
        text("a.txt", "two");
        String two = open().contentHash();
        text("a.txt", "two\ntwo");
        assertThat(List.of(without, one, two, open().contentHash())).doesNotHaveDuplicates();
    }

    @Test
    void archivesHaveCaptionsAsTheirFoldersHave() throws IOException {
        byte[] png = TinyPictures.png(Color.RED);
        Map<String, byte[]> files =
                Map.of(
                        "a.png",
                        png,
                        "a.txt",
                        "beside it".getBytes(StandardCharsets.UTF_8),
                        "b.png",
                        png,
                        "metadata.jsonl",
                        "{\"file_name\":\"b.png\",\"text\":\"in a line\",\"style\":\"noto\"}"
                                .getBytes(StandardCharsets.UTF_8));
        Path zip = folder.resolve("set.zip");
        try (OutputStream out = Files.newOutputStream(zip);
                ZipOutputStream entries = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                entries.putNextEntry(new ZipEntry(file.getKey()));
                entries.write(file.getValue());
            }
        }
        Path tar = folder.resolve("set.tar");
        try (OutputStream out = Files.newOutputStream(tar);
                TarArchiveOutputStream entries = new TarArchiveOutputStream(out)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
                entry.setSize(file.getValue().length);
                entries.putArchiveEntry(entry);
                entries.write(file.getValue());
                entries.closeArchiveEntry();
            }
        }
        for (Path archive : List.of(zip, tar)) {
            ImageDataset data = Datasets.open(archive, TinyPictures.COLOUR);
            assertThat(data.captions(0)).as("%s", archive).containsExactly("beside it");
            assertThat(data.captions(1)).as("%s", archive).containsExactly("in a line");
            assertThat(data.attributes(1)).isEqualTo(Map.of("style", "noto"));
            assertThat(data.warnings()).isEmpty();
        }
    }

    @Test
    void shardsOfTheSameNamesKeepTheirCaptionsApart() throws IOException {
        for (String shard : List.of("0", "1")) {
            try (OutputStream out = Files.newOutputStream(folder.resolve(shard + ".zip"));
                    ZipOutputStream entries = new ZipOutputStream(out)) {
                entries.putNextEntry(new ZipEntry("x.png"));
                entries.write(TinyPictures.png(Color.RED));
                entries.putNextEntry(new ZipEntry("x.txt"));
                entries.write(("of shard " + shard).getBytes(StandardCharsets.UTF_8));
            }
        }
        ImageDataset data = open();
        assertThat(List.of(data.captions(0).get(0), data.captions(1).get(0)))
                .containsExactlyInAnyOrder("of shard 0", "of shard 1");
    }

    private ImageDataset open() throws IOException {
        return Datasets.open(folder, TinyPictures.COLOUR);
    }

    private void picture(String name) throws IOException {
        TinyPictures.write(folder.resolve(name), Color.RED);
    }

    private void text(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
