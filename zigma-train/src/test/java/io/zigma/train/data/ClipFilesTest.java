package io.zigma.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zigma.media.ClipSampling;
import io.zigma.media.ClipSampling.ShortClip;
import io.zigma.media.MediaContent;
import io.zigma.media.MediaFormats;
import io.zigma.media.MediaWriter;
import io.zigma.media.PictureFormat;
import io.zigma.media.Pixels;
import io.zigma.train.data.ClipOptions.Layout;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipFilesTest {

    private static final PictureFormat FORMAT = new PictureFormat(3, 4, 4);
    private static final DatasetOptions THREE = options(ClipOptions.of(3));

    @TempDir Path folder;

    @Test
    void everyFileOfAClassFolderIsAClip() throws IOException {
        clip(MediaFormats.GIF, "fall/a.gif", 10, 20, 30);
        clip(MediaFormats.APNG, "fall/b.apng", 40, 50, 60);
        clip(MediaFormats.MP4, "rise/c.mp4", 100, 110, 120);
        still("rise/d.png", 7);

        ImageDataset data = Datasets.open(folder, THREE);

        assertThat(data.frames()).isEqualTo(3);
        assertThat(data.sample().batch(2)).hasToString("(2, 3, 3, 4, 4)");
        assertThat(data.labels()).containsExactly("fall", "rise");
        assertThat(data.size()).isEqualTo(4);
        assertThat(levels(data, 0)).containsExactly(10, 20, 30);
        assertThat(levels(data, 1)).containsExactly(40, 50, 60);
        assertThat(data.label(2)).isEqualTo(1);
        for (int i = 0; i < 3; i++) {
            assertThat(levels(data, 2).get(i)).isBetween(98 + 10 * i, 102 + 10 * i);
        }
        assertThat(levels(data, 3)).as("a still").containsExactly(7, 7, 7);
    }

    @Test
    void aLongClipGivesSeveralSamplesOfItsClass() throws IOException {
        clip(MediaFormats.APNG, "fall/a.apng", 1, 2, 3, 4, 5, 6, 7, 8);
        clip(MediaFormats.APNG, "rise/a.apng", 11, 12, 13);

        ImageDataset data = Datasets.open(folder, THREE);

        assertThat(data.size()).isEqualTo(3);
        assertThat(levels(data, 1)).containsExactly(4, 5, 6);
        assertThat(data.label(1)).isZero();
        assertThat(data.label(2)).isEqualTo(1);
    }

    @Test
    void clipsThatMemoryHasNoRoomForAreReadAgain() throws IOException {
        clip(MediaFormats.APNG, "a.apng", 1, 2, 3, 4, 5, 6);
        clip(MediaFormats.GIF, "b.gif", 11, 12, 13);

        ImageDataset data = Datasets.open(folder, THREE.withCacheBytes(0));
        ImageDataset inMemory = Datasets.open(folder, THREE);

        for (int i = 0; i < 3; i++) {
            assertThat(levels(data, i)).isEqualTo(levels(inMemory, i));
        }
        assertThat(data.contentHash()).isEqualTo(inMemory.contentHash());
        Files.delete(folder.resolve("b.gif"));
        assertThatThrownBy(() -> levels(data, 2)).hasMessageContaining("b.gif");
    }

    @Test
    void everyDamagedFileIsNamedAndLeftOut() throws IOException {
        clip(MediaFormats.APNG, "good.apng", 1, 2, 3);
        List<MediaWriter> formats = List.of(MediaFormats.GIF, MediaFormats.APNG, MediaFormats.MP4);
        for (MediaWriter format : formats) {
            String ending = format.endings().get(0);
            clip(format, "whole" + ending, 1, 2, 3);
            byte[] whole = Files.readAllBytes(folder.resolve("whole" + ending));
            Files.delete(folder.resolve("whole" + ending));
            Files.write(folder.resolve("cut" + ending), Arrays.copyOf(whole, whole.length * 2 / 3));
            Files.writeString(folder.resolve("text" + ending), "no clip");
            Files.createFile(folder.resolve("empty" + ending));
        }
        Files.writeString(folder.resolve("cut.webp"), "RIFF\u0010\0\0\0WEBPVP8X");
        Files.writeString(folder.resolve("other.webm"), "\u001aE\u0000");
        Files.writeString(folder.resolve("notes.doc"), "no clip");

        ImageDataset data = Datasets.open(folder, THREE);

        assertThat(data.size()).isEqualTo(1);
        assertThat(data.skipped())
                .extracting(file -> Path.of(file.file()).getFileName().toString())
                .containsExactlyInAnyOrder(
                        "cut.gif",
                        "cut.apng",
                        "cut.mp4",
                        "text.gif",
                        "text.apng",
                        "text.mp4",
                        "empty.gif",
                        "empty.apng",
                        "empty.mp4",
                        "cut.webp",
                        "other.webm");
        assertThat(data.skipped()).allSatisfy(file -> assertThat(file.reason()).isNotBlank());
        assertThat(data.warnings()).anyMatch(line -> line.contains(".doc"));
    }

    @Test
    void shortClipsBeginAgainAreHeldOrLeftOutAsAsked() throws IOException {
        clip(MediaFormats.APNG, "a.apng", 1, 2);
        clip(MediaFormats.APNG, "b.apng", 4, 5, 6);

        assertThat(levels(Datasets.open(folder, options(shorter(ShortClip.LOOP))), 0))
                .containsExactly(1, 2, 1);
        assertThat(levels(Datasets.open(folder, options(shorter(ShortClip.HOLD))), 0))
                .containsExactly(1, 2, 2);
        ImageDataset data = Datasets.open(folder, options(shorter(ShortClip.LEAVE_OUT)));
        assertThat(levels(data, 0)).containsExactly(4, 5, 6);
        assertThat(data.skipped()).hasSize(1);
        assertThat(data.skipped().get(0).toString()).contains("a.apng", "shorter than 3 frames: 2");
    }

    @Test
    void numberedPicturesInAFolderAreAClip() throws IOException {
        for (int i = 8; i <= 11; i++) {
            still("fall/first/frame" + i + ".png", i);
            still("rise/second/" + i + "_v2_" + i + ".png", 100 + i);
        }
        for (String name : List.of("1.png", "2.png", "4.png")) {
            still("rise/gap/" + name, 1);
        }
        still("rise/words/left.png", 1);
        still("rise/words/right.png", 2);

        ImageDataset data = Datasets.open(folder, options(layout("folders")));

        assertThat(data.labels()).containsExactly("fall", "rise");
        assertThat(data.size()).isEqualTo(2);
        assertThat(levels(data, 0)).containsExactly(8, 9, 10);
        assertThat(levels(data, 1)).containsExactly(108, 109, 110);
        assertThat(data.skipped()).hasSize(2);
        assertThat(data.skipped().get(0).toString())
                .contains("no frame follows 2.png before 4.png");
        assertThat(data.skipped().get(1).toString()).contains("not numbered: left.png, right.png");
    }

    @Test
    void aFolderOfFoldersOfFramesHasNoClasses() throws IOException {
        for (int i = 0; i < 3; i++) {
            still("one/" + i + ".png", i);
            still("two/" + i + ".png", 10 + i);
        }

        ImageDataset data = Datasets.open(folder, options(layout("folders")));

        assertThat(data.labels()).isEmpty();
        assertThat(levels(data, 1)).containsExactly(10, 11, 12);
    }

    @Test
    void foldersOfFramesWhoseNamesDifferInTheFormOfUnicodeAreTwoClips() throws IOException {
        for (int i = 0; i < 3; i++) {
            still("caf\u00e9/" + i + ".png", i);
            still("cafe\u0301/" + i + ".png", 10 + i);
        }
        assumeTrue(folder.toFile().list().length == 2, "the file system has one form of Unicode");

        ImageDataset data = Datasets.open(folder, options(layout("folders")));

        assertThat(List.of(levels(data, 0), levels(data, 1)))
                .containsExactlyInAnyOrder(List.of(0, 1, 2), List.of(10, 11, 12));
    }

    @Test
    void thePicturesOfSheetsAreClips() throws IOException {
        BufferedImage sheet = new BufferedImage(16, 8, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 8; y++) {
            for (int x = 0; x < 16; x++) {
                sheet.setRGB(x, y, 0x010101 * (10 * (y / 4) + x / 4));
            }
        }
        ImageIO.write(sheet, "png", folder.resolve("sheet.png").toFile());

        ImageDataset data = Datasets.open(folder, options(layout("2x4:7")));

        assertThat(data.size()).isEqualTo(2);
        assertThat(levels(data, 0)).containsExactly(0, 1, 2);
        assertThat(levels(data, 1)).containsExactly(3, 10, 11);
    }

    @Test
    void captionsStandBesideClipsAndBesideFoldersOfFrames() throws IOException {
        clip(MediaFormats.GIF, "files/ball.gif", 1, 2, 3);
        Files.writeString(folder.resolve("files/ball.txt"), "a ball falling down");
        for (int i = 0; i < 3; i++) {
            still("frames/apple/" + i + ".png", i);
        }
        Files.writeString(folder.resolve("frames/apple.txt"), "an apple rising");

        ImageDataset files = Datasets.open(folder.resolve("files"), THREE);
        ImageDataset frames = Datasets.open(folder.resolve("frames"), options(layout("folders")));

        assertThat(files.captions(0)).containsExactly("a ball falling down");
        assertThat(frames.captions(0)).containsExactly("an apple rising");
    }

    @Test
    void clipsInAnArchiveAreReadAsThoseInAFolder() throws IOException {
        clip(MediaFormats.APNG, "fall/a.apng", 1, 2, 3);
        clip(MediaFormats.GIF, "rise/b.gif", 4, 5, 6);
        Path zip = folder.resolveSibling(folder.getFileName() + ".zip");
        try (var out = new java.util.zip.ZipOutputStream(Files.newOutputStream(zip))) {
            for (String name : List.of("fall/a.apng", "rise/b.gif")) {
                out.putNextEntry(new java.util.zip.ZipEntry(name));
                out.write(Files.readAllBytes(folder.resolve(name)));
            }
        }

        ImageDataset data = Datasets.open(zip, THREE);

        assertThat(data.labels()).containsExactly("fall", "rise");
        assertThat(levels(data, 1)).containsExactly(4, 5, 6);
        Files.delete(zip);
    }

    @Test
    void framesTakenAtAnotherRateAreOtherData() throws IOException {
        clip(MediaFormats.APNG, "a.apng", 1, 2, 3, 4, 5, 6);
        ClipOptions fast =
                new ClipOptions(new ClipSampling(3, 5, 1, ShortClip.LOOP), new Layout.Files(), 10);

        ImageDataset slow = Datasets.open(folder, THREE);
        ImageDataset data = Datasets.open(folder, options(fast));

        assertThat(levels(data, 0)).containsExactly(1, 3, 5);
        assertThat(data.contentHash()).isNotEqualTo(slow.contentHash());
    }

    @Test
    void aClassWithoutAClipThatCanBeReadIsRefused() throws IOException {
        clip(MediaFormats.GIF, "fall/a.gif", 1, 2, 3);
        Files.createDirectories(folder.resolve("rise"));
        Files.writeString(folder.resolve("rise/b.gif"), "GIF89a");

        assertThatThrownBy(() -> Datasets.open(folder, THREE))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("no clip of class 'rise'")
                .hasMessageContaining("b.gif");
    }

    @Test
    void mirroringTurnsEveryFrame() throws IOException {
        BufferedImage frame = new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB);
        frame.setRGB(0, 0, 0xffffff);
        Duration tenth = Duration.ofMillis(100);
        MediaFormats.APNG.write(
                folder.resolve("a.apng"),
                new MediaContent(List.of(frame, frame, frame), tenth, tenth, Map.of()));
        ImageDataset data = Datasets.open(folder, THREE);
        float[] values = new float[data.sample().size()];

        data.read(0, true, values, 0);

        for (int plane = 0; plane < 9; plane++) {
            assertThat(values[16 * plane]).isEqualTo(-1);
            assertThat(values[16 * plane + 3]).isEqualTo(1);
        }
    }

    @Test
    void optionsAreReadAsTheyAreWritten() {
        for (String layout : List.of("files", "folders", "4x8", "4x8:30")) {
            ClipOptions options =
                    new ClipOptions(
                            new ClipSampling(16, 7.5, 1, ShortClip.LEAVE_OUT),
                            Layout.parse(layout),
                            25);
            assertThat(ClipOptions.parse(options.toString())).contains(options);
        }
        assertThat(ClipOptions.parse("of another version")).isEmpty();
    }

    private static DatasetOptions options(ClipOptions clips) {
        return DatasetOptions.defaults().withFormat(FORMAT).withClips(clips);
    }

    private static ClipOptions shorter(ShortClip shorter) {
        return new ClipOptions(new ClipSampling(3, 0, 1, shorter), new Layout.Files(), 10);
    }

    private static ClipOptions layout(String layout) {
        return new ClipOptions(ClipSampling.of(3), Layout.parse(layout), 10);
    }

    /** Writes a clip of grey frames of a level each, ten a second. */
    private void clip(MediaWriter format, String name, int... levels) throws IOException {
        List<BufferedImage> frames = new ArrayList<>();
        for (int level : levels) {
            frames.add(plain(level));
        }
        Duration tenth = Duration.ofMillis(100);
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        format.write(file, new MediaContent(frames, tenth, tenth, Map.of()));
    }

    private void still(String name, int level) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        ImageIO.write(plain(level), "png", file.toFile());
    }

    private static BufferedImage plain(int level) {
        BufferedImage frame = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 64; i++) {
            frame.setRGB(i % 8, i / 8, 0x010101 * level);
        }
        return frame;
    }

    /** Returns the level of the first pixel of every frame. */
    private static List<Integer> levels(ImageDataset data, int index) {
        float[] values = new float[data.sample().size()];
        data.read(index, false, values, 0);
        List<Integer> levels = new ArrayList<>();
        for (int frame = 0; frame < data.frames(); frame++) {
            levels.add(Pixels.nearestLevel(values[frame * FORMAT.elements()]) & 0xff);
        }
        return levels;
    }
}
