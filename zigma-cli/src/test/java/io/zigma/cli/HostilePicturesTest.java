package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.cli.terminal.ExitStatus;
import io.zigma.testing.FaultGroup;
import io.zigma.testing.FaultLine;
import io.zigma.testing.FaultScale;
import io.zigma.testing.FaultTable;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Odd and damaged pictures are trained on where they can be, and named and left out where not. */
@Tag("faults")
@ExtendWith(FaultTable.class)
class HostilePicturesTest {

    @TempDir Path folder;
    private Path pictures = Path.of("");
    private int runs;

    @BeforeEach
    void writeGoodPictures() throws IOException {
        pictures = folder.resolve("pictures");
        for (String label : List.of("cats", "dogs")) {
            Files.createDirectories(pictures.resolve(label));
            for (int i = 0; i < 2; i++) {
                ImageIO.write(
                        image(12, 9), "png", pictures.resolve(label + "/" + i + ".png").toFile());
            }
        }
    }

    @Test
    void damagedFilesAreNamedAndLeftOut() throws Exception {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image(40, 30), "png", png);
        ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
        ImageIO.write(image(40, 30), "jpg", jpeg);
        SplittableRandom random = new SplittableRandom(5);
        try (FaultLine line =
                FaultTable.line(
                        FaultGroup.DATA,
                        "truncated PNG and JPEG, zero bytes, text, a folder's name as a picture's,"
                                + " a wrong ending with no picture: named and left out")) {
            for (int i = 0; i < FaultScale.times(60, 4); i++) {
                byte[] whole = (i % 2 == 0 ? png : jpeg).toByteArray();
                byte[] cut = Arrays.copyOf(whole, random.nextInt(whole.length * 3 / 4));
                String name = "cut." + (i % 2 == 0 ? "png" : "jpg");
                line.attempt(name + " " + cut.length, () -> trainsWithout(name, cut));
            }
            line.attempt("empty", () -> trainsWithout("empty.png", new byte[0]));
            line.attempt("text", () -> trainsWithout("text.jpg", "hello".getBytes()));
            line.attempt("script", () -> trainsWithout("x.gif", "GIF89a#!/bin/sh".getBytes()));
            line.attempt("webp", () -> trainsWithout("x.webp", "RIFF....WEBPVP8 ".getBytes()));
        }
    }

    @Test
    void oddPicturesAreTrainedOn() throws Exception {
        try (FaultLine line =
                FaultTable.line(
                        FaultGroup.DATA,
                        "16-bit, palette, grey with alpha, 1×1, 20,000×20,000, animated GIF, BMP,"
                                + " JPEG called .png, odd and long file names: trained on")) {
            line.attempt("1x1", () -> trainsWith("one.png", encoded(image(1, 1), "png")));
            line.attempt(
                    "16 bit",
                    () ->
                            trainsWith(
                                    "deep.png",
                                    encoded(
                                            new BufferedImage(9, 9, BufferedImage.TYPE_USHORT_GRAY),
                                            "png")));
            line.attempt(
                    "palette",
                    () ->
                            trainsWith(
                                    "palette.png",
                                    encoded(
                                            new BufferedImage(
                                                    9, 9, BufferedImage.TYPE_BYTE_INDEXED),
                                            "png")));
            line.attempt(
                    "alpha",
                    () ->
                            trainsWith(
                                    "alpha.png",
                                    encoded(
                                            new BufferedImage(9, 9, BufferedImage.TYPE_INT_ARGB),
                                            "png")));
            line.attempt("bmp", () -> trainsWith("a.bmp", encoded(image(9, 9), "bmp")));
            line.attempt("wrong ending", () -> trainsWith("a.png", encoded(image(9, 9), "jpg")));
            line.attempt("animated", () -> trainsWith("a.gif", animated()));
            line.attempt("huge", () -> trainsWith("huge.png", hugePng(20_000)));
            for (String name :
                    List.of(
                            " .png",
                            "-rf.png",
                            "a b\tc.png",
                            "日本語 é.PNG",
                            "x".repeat(240) + ".png",
                            "%s%n%d.png",
                            "'; rm -rf ~.png")) {
                line.attempt(name, () -> trainsWith(name, encoded(image(9, 9), "png")));
            }
        }
    }

    @Test
    void colourSpacesThatCannotBeReadAreNamed() throws Exception {
        try (FaultLine line =
                FaultTable.line(
                        FaultGroup.DATA, "CMYK JPEG: named and left out, with what to do")) {
            line.attempt(
                    "cmyk",
                    () -> assertThat(trainsWithout("cmyk.jpg", cmykJpeg())).contains("CMYK"));
        }
        try (FaultLine line =
                FaultTable.line(
                        FaultGroup.DATA,
                        "a header that claims 2³¹−1 × 2³¹−1 pixels: named and left out")) {
            line.attempt("claim", () -> trainsWithout("claim.png", pngClaiming(Integer.MAX_VALUE)));
        }
    }

    @Test
    void smallAndLopsidedSetsWork() throws Exception {
        try (FaultLine line =
                FaultTable.line(
                        FaultGroup.DATA,
                        "an empty class, a single picture, a class of one: trained on, with a"
                                + " warning where something is left out; an empty folder: refused")) {
            line.attempt(
                    "empty class",
                    () -> {
                        Path empty = Files.createDirectory(pictures.resolve("empty"));
                        assertThat(trains(pictures)).contains("empty");
                        Files.delete(empty);
                    });
            line.attempt(
                    "single picture",
                    () -> {
                        Path single = Files.createDirectories(folder.resolve("single"));
                        ImageIO.write(image(5, 5), "png", single.resolve("a.png").toFile());
                        trains(single);
                    });
            line.attempt(
                    "empty folder",
                    () -> {
                        Path nothing = Files.createDirectories(folder.resolve("nothing"));
                        HostileFiles.refused(
                                nothing,
                                "train",
                                "--data",
                                nothing.toString(),
                                "--out",
                                folder.resolve("never").toString());
                    });
        }
    }

    @Test
    void idxFilesThatLieAreRefused() throws Exception {
        byte[] labels = {0, 1, 0, 2};
        try (FaultLine line =
                FaultTable.line(
                        FaultGroup.DATA,
                        "IDX files whose counts lie (too many, too few, negative, 2³¹−1), of"
                                + " another magic number, cut off, with labels of another set or"
                                + " beyond the names: refused by name")) {
            for (int count : new int[] {3, 5, 0, -1, Integer.MAX_VALUE}) {
                line.attempt("pictures " + count, () -> refuseIdx(count, 8, labels, 4, 0x803));
                line.attempt("labels " + count, () -> refuseIdx(4, 8, labels, count, 0x803));
                line.attempt("side " + count, () -> refuseIdx(4, count, labels, 4, 0x803));
            }
            line.attempt("magic", () -> refuseIdx(4, 8, labels, 4, 0x804));
            line.attempt("other labels", () -> refuseIdx(4, 8, new byte[] {1, 2}, 2, 0x803));
            line.attempt(
                    "beyond the names",
                    () -> refuseIdx(4, 8, new byte[] {0, 1, 2, 99}, 4, 0x803, "--labels", "a,b,c"));
        }
    }

    private String trainsWith(String name, byte[] bytes) throws IOException {
        Path file = Files.write(pictures.resolve("cats").resolve(name), bytes);
        try {
            String said = trains(pictures);
            assertThat(said).contains("5 pictures").doesNotContain("left out");
            return said;
        } finally {
            Files.delete(file);
        }
    }

    private String trainsWithout(String name, byte[] bytes) throws IOException {
        Path file = Files.write(pictures.resolve("cats").resolve(name), bytes);
        try {
            String said = trains(pictures);
            assertThat(said).contains("4 pictures").contains(name);
            return said;
        } finally {
            Files.delete(file);
        }
    }

    private String trains(Path data) {
        ConsoleOfTest console = ConsoleOfTest.plain();
        long start = System.nanoTime();
        ExitStatus status =
                console.zigma(
                        "train",
                        "--data",
                        data.toString(),
                        "--out",
                        folder.resolve("run" + runs++).toString(),
                        "--steps",
                        "1",
                        "--batch-size",
                        "2",
                        "--image-size",
                        "8",
                        "--hidden-size",
                        "8",
                        "--depth",
                        "1",
                        "--sample-every",
                        "0");
        assertThat(status).as(console.err()).isEqualTo(ExitStatus.DONE);
        assertThat(console.err()).doesNotContain("\tat ");
        assertThat((System.nanoTime() - start) / 1e9).as("seconds").isLessThan(30);
        return console.err();
    }

    private void refuseIdx(
            int pictureCount, int side, byte[] labels, int labelCount, int magic, String... more)
            throws IOException {
        Path data = Files.createDirectories(folder.resolve("idx"));
        Files.write(
                data.resolve("train-images-idx3-ubyte"),
                ByteBuffer.allocate(16 + 4 * 64)
                        .putInt(magic)
                        .putInt(pictureCount)
                        .putInt(side)
                        .putInt(8)
                        .array());
        Files.write(
                data.resolve("train-labels-idx1-ubyte"),
                ByteBuffer.allocate(8 + labels.length)
                        .putInt(0x801)
                        .putInt(labelCount)
                        .put(labels)
                        .array());
        List<String> words = new ArrayList<>(List.of("train", "--data", data.toString()));
        words.addAll(List.of("--out", folder.resolve("never").toString(), "--steps", "1"));
        words.addAll(List.of(more));
        assertThat(HostileFiles.refused(data, words.toArray(new String[0]))).contains("idx");
    }

    private static BufferedImage image(int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < width; x++) {
            image.setRGB(x, x % height, 0xff8800);
        }
        return image;
    }

    private static byte[] encoded(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, bytes)).isTrue();
        return bytes.toByteArray();
    }

    private static byte[] animated() throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.prepareWriteSequence(null);
            for (int frame = 0; frame < 3; frame++) {
                BufferedImage image = new BufferedImage(9, 9, BufferedImage.TYPE_BYTE_INDEXED);
                writer.writeToSequence(
                        new IIOImage(
                                image,
                                null,
                                writer.getDefaultImageMetadata(
                                        ImageTypeSpecifier.createFromRenderedImage(image), null)),
                        null);
            }
            writer.endWriteSequence();
        }
        return bytes.toByteArray();
    }

    /** A black square of one bit a pixel, which packs to almost nothing. */
    private static byte[] hugePng(int side) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream rows = new DeflaterOutputStream(packed)) {
            byte[] row = new byte[1 + (side + 7) / 8];
            for (int y = 0; y < side; y++) {
                rows.write(row);
            }
        }
        return png(side, packed.toByteArray());
    }

    private static byte[] pngClaiming(int side) throws IOException {
        return png(side, new byte[] {1, 2, 3});
    }

    private static byte[] png(int side, byte[] data) throws IOException {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        png.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
        byte[] header = ByteBuffer.allocate(13).putInt(side).putInt(side).put((byte) 1).array();
        chunk(png, "IHDR", header);
        chunk(png, "IDAT", data);
        chunk(png, "IEND", new byte[0]);
        return png.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream png, String type, byte[] data)
            throws IOException {
        CRC32 checksum = new CRC32();
        checksum.update(type.getBytes(StandardCharsets.US_ASCII));
        checksum.update(data);
        DataOutputStream out = new DataOutputStream(png);
        out.writeInt(data.length);
        out.writeBytes(type);
        out.write(data);
        out.writeInt((int) checksum.getValue());
    }

    /** A grey JPEG whose frame header and scan header are turned into ones of four components. */
    private static byte[] cmykJpeg() throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        java.awt.image.WritableRaster raster =
                java.awt.image.Raster.createInterleavedRaster(
                        java.awt.image.DataBuffer.TYPE_BYTE, 16, 16, 4, null);
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(raster, null, null), null);
        }
        return bytes.toByteArray();
    }
}
