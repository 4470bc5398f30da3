package io.zigma.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** WebDataset's shards of pictures. */
class PictureShardsTest {

    private static final List<Color> COLOURS = List.of(Color.RED, Color.GREEN, Color.BLUE);

    @TempDir Path folder;

    /** Three shards of two pictures each, with class, caption and description. */
    private Path shards() throws IOException {
        Path shards = Files.createDirectories(folder.resolve("shards"));
        for (int shard = 0; shard < 3; shard++) {
            TinyTar tar = new TinyTar();
            for (int i = 0; i < 2; i++) {
                String key = "0000" + (2 * shard + i);
                tar.with(key + ".cls", Integer.toString(shard));
                tar.with(key + ".json", "{\"style\": \"flat\", \"seen\": 4, \"text\": \"more\"}");
                tar.with(key + ".png", TinyPictures.png(COLOURS.get(shard)));
                tar.with(key + ".txt", "a picture of shard " + shard + "\n");
            }
            tar.write(shards.resolve("0" + shard + ".tar"));
        }
        return shards;
    }

    private static ImageDataset open(Path source) throws IOException {
        return Datasets.open(source, TinyPictures.COLOUR);
    }

    private void refused(TinyTar tar, String... parts) throws IOException {
        Path file = tar.write(folder.resolve("bad.tar"));
        assertThatThrownBy(() -> open(folder.resolve("{bad}.tar")))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining(file.toString())
                .message()
                .contains(parts)
                .doesNotContain("\n");
    }

    @Test
    void aFolderOfShardsIsADataSetWithClassesAndCaptions() throws IOException {
        ImageDataset data = open(shards());

        assertThat(data.size()).isEqualTo(6);
        assertThat(data.labels()).containsExactly("0", "1", "2");
        assertThat(data.captioned()).isTrue();
        assertThat(data.shardStarts()).containsExactly(0, 2, 4);
        for (int i = 0; i < 6; i++) {
            Color colour = COLOURS.get(i / 2);
            assertThat(data.label(i)).isEqualTo(i / 2);
            assertThat(data.captions(i)).containsExactly("a picture of shard " + i / 2, "more");
            assertThat(data.attributes(i))
                    .containsEntry("style", "flat")
                    .containsEntry("seen", "4");
            assertThat(TinyPictures.first(data, i))
                    .containsExactly(colour.getRed(), colour.getGreen(), colour.getBlue());
        }
    }

    /** As img2dataset writes them. */
    @Test
    void whatOtherProgramsPutBesideShardsChangesNothing() throws IOException {
        Path shards = shards();
        String hash = open(shards).contentHash();
        for (String name : List.of("00.parquet", "00_stats.json", "README.md", "sizes.txt")) {
            Files.writeString(shards.resolve(name), "{}");
        }

        ImageDataset data = open(shards);

        assertThat(data.contentHash()).isEqualTo(hash);
        assertThat(data.labels()).containsExactly("0", "1", "2");
    }

    @Test
    void aPatternNamesShardsAsAShellWould() throws IOException {
        Path shards = shards();
        assertThat(open(shards.resolve("0{0..2}.tar")).contentHash())
                .isEqualTo(open(shards).contentHash());
        assertThat(open(shards.resolve("{00,02}.tar")).size()).isEqualTo(4);
        assertThat(open(shards.resolve("{00..01}.tar")).labels()).containsExactly("0", "1");
        assertThatThrownBy(() -> open(shards.resolve("{00..03}.tar")))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("there is no file")
                .hasMessageContaining("03.tar");
        assertThatThrownBy(() -> open(shards.resolve("{9..1}.tar")))
                .hasMessageContaining("{9..1} is no range");
    }

    @Test
    void bracesInTheNameOfAFolderAreNoPattern() throws IOException {
        Path guid = folder.resolve("{3f2504e0-4f89}");
        Files.move(shards(), guid);

        assertThat(open(guid.resolve("0{0..2}.tar")).size()).isEqualTo(6);
        assertThatThrownBy(() -> open(guid.resolve("07.tar")))
                .isInstanceOf(DatasetException.class)
                .hasMessageNotContaining("/3f2504e0");
    }

    @Test
    void patternsExpandLastGroupFastest() throws IOException {
        assertThat(ShardPaths.expanded("a{8..10}-{x,y}.tar"))
                .containsExactly(
                        "a8-x.tar", "a8-y.tar", "a9-x.tar", "a9-y.tar", "a10-x.tar", "a10-y.tar");
        assertThat(ShardPaths.expanded("{008..010}")).containsExactly("008", "009", "010");
        assertThatThrownBy(() -> ShardPaths.expanded("{0..99999}{0..99999}"))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("more than");
    }

    @Test
    void classesMayBeNamesAndNumbersMayBeNamed() throws IOException {
        Path named =
                new TinyTar()
                        .with("0.png", TinyPictures.png(Color.RED))
                        .with("0.json", "{\"label\": \"zebra\"}")
                        .with("1.png", TinyPictures.png(Color.RED))
                        .with("1.json", "{\"label\": \"ant\"}")
                        .write(folder.resolve("named.tar"));
        ImageDataset data = open(named);
        assertThat(data.labels()).containsExactly("ant", "zebra");
        assertThat(data.label(0)).isEqualTo(1);

        ImageDataset given =
                Datasets.open(
                        shards(), TinyPictures.COLOUR.withLabels(List.of("cat", "dog", "emu")));
        assertThat(given.labels()).containsExactly("cat", "dog", "emu");
        assertThat(given.label(5)).isEqualTo(2);

        assertThatThrownBy(
                        () ->
                                Datasets.open(
                                        shards(),
                                        TinyPictures.COLOUR.withLabels(List.of("cat", "dog"))))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("sample 00004 is of class '2'");
        assertThat(Datasets.open(shards(), TinyPictures.COLOUR.withEverything(true)).labels())
                .isEmpty();
    }

    @Test
    void numbersArePlacesAmongNamesThatAreNumbersToo() throws IOException {
        TinyTar tar = new TinyTar();
        for (int i = 0; i < 3; i++) {
            tar.with(i + ".cls", Integer.toString(i)).with(i + ".png", TinyPictures.png(Color.RED));
        }
        ImageDataset data =
                Datasets.open(
                        tar.write(folder.resolve("a.tar")),
                        TinyPictures.COLOUR.withLabels(List.of("0", "10", "2", "1")));
        assertThat(List.of(data.label(0), data.label(1), data.label(2))).containsExactly(0, 1, 2);
    }

    @Test
    void aDescriptionHasCaptionsAndAttributes() throws IOException {
        ImageDataset data =
                open(
                        new TinyTar()
                                .with(
                                        "0.json",
                                        "{\"captions\": [\"two\\nlines\", \"one\"], \"caption\": \"one\", \"attributes\": {\"class\": \"a\", \"text\": \"b\"}}")
                                .with("0.png", TinyPictures.png(Color.RED))
                                .with("0.txt", "one\n")
                                .write(folder.resolve("a.tar")));
        assertThat(data.captions(0)).containsExactly("one", "two\nlines");
        assertThat(data.attributes(0)).containsEntry("class", "a").containsEntry("text", "b");
        assertThat(data.labels()).isEmpty();
    }

    @Test
    void samplesWhoseFilesLieApartAreRefused() throws IOException {
        byte[] red = TinyPictures.png(Color.RED);
        refused(
                new TinyTar()
                        .with("0.png", red)
                        .with("1.png", red)
                        .with("0.cls", "1")
                        .with("1.cls", "1"),
                "member 0.cls",
                "sorted by name");
        refused(new TinyTar().with("0.cls", "1").with("0.txt", "x"), "sample 0 has no picture");
        refused(
                new TinyTar().with("0.png", red).with("0.jpg", red),
                "sample 0 has two pictures",
                "0.jpg");
        refused(
                new TinyTar().with("0.png", red).with("0.cls", "1").with("1.png", red),
                "sample 1 has no class");
        refused(
                new TinyTar().with("0.png", red).with("0.json", "{").with("1.png", red),
                "0.json",
                "no JSON");
        refused(
                new TinyTar().with("0.png", red).with("0.txt", new byte[] {(byte) 0xff, 1}),
                "0.txt",
                "UTF-8");
        refused(new TinyTar(), "no samples");
    }

    @Test
    void aDamagedPictureIsNamedAndLeftOut() throws IOException {
        byte[] red = TinyPictures.png(Color.RED);
        Path file =
                new TinyTar()
                        .with("0.cls", "0")
                        .with("0.png", "no picture")
                        .with("1.cls", "0")
                        .with("1.png", red)
                        .write(folder.resolve("a.tar"));
        ImageDataset data = open(file);
        assertThat(data.size()).isEqualTo(1);
        assertThat(data.skipped()).singleElement().asString().contains("a.tar/0.png");
    }

    @Test
    void aDamagedShardOfManyIsRefusedWithItsName() throws IOException {
        Path shards = shards();
        Path second = shards.resolve("01.tar");
        byte[] bytes = Files.readAllBytes(second);
        Files.write(second, Arrays.copyOf(bytes, 1700));
        assertThatThrownBy(() -> open(shards))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("01.tar")
                .hasMessageContaining("00002.json");
    }

    @Test
    void anArchiveOfClassFoldersStaysOne() throws IOException {
        Path file =
                new TinyTar()
                        .with("cats/0.png", TinyPictures.png(Color.RED))
                        .with("dogs/1.png", TinyPictures.png(Color.BLUE))
                        .write(folder.resolve("pets.tar"));
        assertThat(PictureShards.areAt(file)).isFalse();
        assertThat(open(file).labels()).containsExactly("cats", "dogs");
    }

    @Test
    void aShuffleBufferGoesFromShardToShardAndEveryEpochHasEveryPicture() {
        int[] starts = {0, 10, 25, 40};
        SampleOrder order = new SampleOrder(50, 7, starts, 5);
        List<List<Integer>> epochs = new ArrayList<>();
        for (int epoch = 0; epoch < 3; epoch++) {
            List<Integer> all = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                all.add(order.index(50L * epoch + i));
            }
            assertThat(all).doesNotHaveDuplicates().hasSize(50);
            // every block of 5 comes from the part of a shard that is read then
            for (int from = 0; from < 50; from += 5) {
                List<Integer> block = all.subList(from, from + 5);
                assertThat(block.stream().mapToInt(i -> i).max().getAsInt())
                        .isEqualTo(block.stream().mapToInt(i -> i).min().getAsInt() + 4);
            }
            epochs.add(all);
        }
        assertThat(epochs.get(0)).isNotEqualTo(epochs.get(1)).isNotEqualTo(epochs.get(2));
        // nothing is carried from one position to the next
        SampleOrder again = new SampleOrder(50, 7, starts, 5);
        for (int i = 149; i >= 0; i -= 7) {
            assertThat(again.index(i)).isEqualTo(epochs.get(i / 50).get(i % 50));
        }
    }
}
