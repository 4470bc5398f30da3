package io.zigma.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clips that ffmpeg and ImageMagick wrote are what they themselves decode, and what is written here
 * is what they read. Skipped where the programs are not installed.
 */
class OtherDecodersTest {

    private static final List<String> SOURCES =
            List.of("testsrc", "testsrc2", "mandelbrot", "life=s=64x48:mold=10:r=10", "rgbtestsrc");

    private static final List<String> SIZES = List.of("64x48", "33x47", "120x90", "16x16");

    @TempDir Path folder;

    @BeforeEach
    void requirePrograms() {
        for (String program : List.of("ffmpeg", "convert")) {
            boolean found =
                    Stream.of(System.getenv("PATH").split(File.pathSeparator))
                            .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
            assumeTrue(found, program + " is not installed");
        }
    }

    /** Twenty moving sources, each with another size. */
    static Stream<String> sources() {
        return SOURCES.stream()
                .flatMap(
                        source ->
                                SIZES.stream()
                                        .map(
                                                size ->
                                                        source.contains("=")
                                                                ? source
                                                                        + ",scale="
                                                                        + size.replace('x', ':')
                                                                : source + "=s=" + size + ":r=10"));
    }

    @ParameterizedTest
    @MethodSource("sources")
    void gifsOfFfmpeg(String source) throws Exception {
        Path file = folder.resolve("a.gif");
        ffmpeg("-f", "lavfi", "-i", source, "-frames:v", "8", file.toString());

        assertExact(ClipFrames.read(file), magick(file));
    }

    @ParameterizedTest
    @MethodSource("sources")
    void gifsOfImageMagickWithEveryDisposal(String source) throws Exception {
        Path frames = folder.resolve("f%02d.png");
        // slanting stripes are clear: without a clear colour in the first frame these programs show
        // the background colour that the file names, which browsers do not
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                source,
                "-frames:v",
                "6",
                "-vf",
                "format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='255*gt(mod(X+Y+4*N\\,16)\\,5)'",
                frames.toString());
        for (String disposal : List.of("none", "background", "previous")) {
            Path file = folder.resolve(disposal + ".gif");
            run(
                    "convert",
                    "-dispose",
                    disposal,
                    "-delay",
                    "7",
                    folder.resolve("f*.png").toString(),
                    "-layers",
                    "OptimizeFrame",
                    file.toString());

            assertExact(ClipFrames.read(file), magick(file));
        }
    }

    @ParameterizedTest
    @MethodSource("sources")
    void apngsOfFfmpeg(String source) throws Exception {
        Path file = folder.resolve("a.apng");
        // with opacity: without, ffmpeg takes a cleared rectangle for black
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                source,
                "-frames:v",
                "8",
                "-plays",
                "0",
                "-pix_fmt",
                "rgba",
                file.toString());

        assertExact(ClipFrames.read(file), ffmpegFrames(file));
    }

    @ParameterizedTest
    @MethodSource("sources")
    void animatedWebpsOfImageMagick(String source) throws Exception {
        Path frames = folder.resolve("f%02d.png");
        ffmpeg("-f", "lavfi", "-i", source, "-frames:v", "6", frames.toString());
        Path file = folder.resolve("a.webp");
        run(
                "convert",
                "-delay",
                "10",
                folder.resolve("f*.png").toString(),
                "-define",
                "webp:lossless=true",
                file.toString());

        assertExact(ClipFrames.read(file), magick(file));
    }

    @ParameterizedTest
    @MethodSource("sources")
    void lossyAnimatedWebpsOfImageMagick(String source) throws Exception {
        Path frames = folder.resolve("f%02d.png");
        ffmpeg("-f", "lavfi", "-i", source, "-frames:v", "6", frames.toString());
        Path file = folder.resolve("a.webp");
        run("convert", "-delay", "10", folder.resolve("f*.png").toString(), file.toString());

        assertEqual(ClipFrames.read(file), magick(file));
    }

    @ParameterizedTest
    @MethodSource("sources")
    void lossyWebpsOfEveryKindToTheBit(String source) throws Exception {
        Path frame = folder.resolve("f.png");
        ffmpeg("-f", "lavfi", "-i", source, "-frames:v", "1", frame.toString());
        for (String kind :
                List.of(
                        "filter-type=0",
                        "filter-type=1",
                        "filter-sharpness=5",
                        "filter-strength=0",
                        "partitions=3",
                        "method=0",
                        "alpha-quality=50")) {
            for (String quality : List.of("5", "60", "95")) {
                Path file = folder.resolve("a.webp");
                run(
                        "convert",
                        frame.toString(),
                        "-define",
                        "webp:" + kind,
                        "-quality",
                        quality,
                        file.toString());

                assertEqual(ClipFrames.read(file), magick(file));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("sources")
    void lossyWebpsThatAreHalfClear(String source) throws Exception {
        Path frame = folder.resolve("f.png");
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                source,
                "-frames:v",
                "1",
                "-vf",
                "format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='mod(X*7+Y*5\\,256)'",
                frame.toString());
        Path file = folder.resolve("a.webp");
        run("convert", frame.toString(), "-quality", "70", file.toString());

        assertExact(ClipFrames.read(file), magick(file));
    }

    @ParameterizedTest
    @MethodSource("sources")
    void mp4sOfX264WithFramesOutOfOrder(String source) throws Exception {
        Path file = folder.resolve("a.mp4");
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                source,
                "-frames:v",
                "20",
                "-vf",
                "scale=trunc(iw/2)*2:trunc(ih/2)*2",
                "-c:v",
                "libx264",
                "-pix_fmt",
                "yuv420p",
                "-bf",
                "3",
                file.toString());

        ClipFrames.Read read = ClipFrames.read(file);

        assertThat(read.micros()).hasSize(20).containsOnly(100_000L);
        assertSamePlanes(file);
    }

    @ParameterizedTest
    @MethodSource("sources")
    void mp4sOfTheBaselineProfile(String source) throws Exception {
        Path file = folder.resolve("a.mp4");
        ffmpeg(
                "-f",
                "lavfi",
                "-i",
                source,
                "-frames:v",
                "10",
                "-vf",
                "scale=trunc(iw/2)*2:trunc(ih/2)*2",
                "-c:v",
                "libx264",
                "-profile:v",
                "baseline",
                "-pix_fmt",
                "yuv420p",
                file.toString());

        assertSamePlanes(file);
    }

    static Stream<MediaWriter> writers() {
        return Stream.of(MediaFormats.GIF, MediaFormats.APNG, MediaFormats.MP4);
    }

    @ParameterizedTest
    @MethodSource("writers")
    void whatIsWrittenIsWhatFfmpegReads(MediaWriter format) throws Exception {
        Path file = folder.resolve("clip" + format.endings().get(0));
        Duration eighth = Duration.ofMillis(125);
        format.write(
                file,
                new MediaContent(
                        ClipFrames.smooth(30, 50, 34), eighth, eighth, 0, Map.of("seed", "1")));

        ClipFrames.Read read = ClipFrames.read(file);

        if (format == MediaFormats.MP4) {
            assertSamePlanes(file);
        } else {
            assertExact(read, ffmpegFrames(file));
        }
    }

    @ParameterizedTest
    @MethodSource("sources")
    void webpsThatAreWrittenAreWhatImageMagickReads(String source) throws Exception {
        Path frames = folder.resolve("f%02d.png");
        ffmpeg("-f", "lavfi", "-i", source, "-frames:v", "6", frames.toString());
        List<BufferedImage> pictures = new ArrayList<>();
        List<int[]> meant = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            Path png = folder.resolve(String.format(Locale.ROOT, "f%02d.png", i));
            BufferedImage read = ImageIO.read(png.toFile());
            pictures.add(read);
            meant.add(RgbFrames.pixels(read));
        }
        Path file = folder.resolve("clip.webp");
        Duration eighth = Duration.ofMillis(125);
        MediaFormats.WEBP.write(
                file, new MediaContent(pictures, eighth, eighth, 0, Map.of("seed", "1")));

        List<int[]> others = magick(file);

        assertThat(others).hasSize(6);
        for (int i = 0; i < 6; i++) {
            assertThat(others.get(i)).as("frame %s", i).isEqualTo(meant.get(i));
        }
        assertThat(ClipFrames.read(file).frames()).usingRecursiveComparison().isEqualTo(meant);
    }

    private static void assertExact(ClipFrames.Read read, List<int[]> others) {
        assertThat(read.frames()).hasSameSizeAs(others);
        for (int i = 0; i < others.size(); i++) {
            int worst = 0;
            for (int at = 0; at < others.get(i).length; at++) {
                for (int shift = 0; shift <= 16; shift += 8) {
                    int difference =
                            (read.frames().get(i)[at] >> shift & 0xff)
                                    - (others.get(i)[at] >> shift & 0xff);
                    worst = Math.max(worst, Math.abs(difference));
                }
            }
            // rounding where colours are half clear
            assertThat(worst).as("frame %s", i).isLessThanOrEqualTo(1);
        }
    }

    private static void assertEqual(ClipFrames.Read read, List<int[]> others) {
        assertThat(read.frames()).hasSameSizeAs(others);
        for (int i = 0; i < others.size(); i++) {
            assertThat(read.frames().get(i)).as("frame %s", i).isEqualTo(others.get(i));
        }
    }

    /** Brightness and colour differences are exact by the standard, their colours are not. */
    private void assertSamePlanes(Path file) throws Exception {
        Path raw = folder.resolve("ffmpeg.yuv");
        ffmpeg(
                "-i",
                file.toString(),
                "-vsync",
                "passthrough",
                "-f",
                "rawvideo",
                "-pix_fmt",
                "yuv420p",
                raw.toString());
        java.io.ByteArrayOutputStream ours = new java.io.ByteArrayOutputStream();
        try (var in = PictureSource.of(file).open()) {
            Mp4Clip.decode(
                    in,
                    (frame, orientation, micros) -> {
                        ours.writeBytes(frame.planes());
                        return true;
                    });
        }
        assertThat(ours.toByteArray()).isEqualTo(Files.readAllBytes(raw));
    }

    private void ffmpeg(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-v", "error", "-y"));
        command.addAll(List.of(arguments));
        run(command.toArray(String[]::new));
    }

    private List<int[]> ffmpegFrames(Path file) throws Exception {
        Path raw = folder.resolve("ffmpeg.rgba");
        ffmpeg(
                "-i",
                file.toString(),
                "-vsync",
                "passthrough",
                "-sws_flags",
                "accurate_rnd+full_chroma_int+bilinear",
                "-f",
                "rawvideo",
                "-pix_fmt",
                "rgba",
                raw.toString());
        byte[] bytes = Files.readAllBytes(raw);
        int frames = ClipFrames.read(file).frames().size();
        return divided(bytes, 4, bytes.length / 4 / frames);
    }

    private List<int[]> magick(Path file) throws Exception {
        Path raw = folder.resolve("magick.rgba");
        run("convert", file.toString(), "-coalesce", "-depth", "8", "rgba:" + raw);
        ClipFrames.Read read = ClipFrames.read(file);
        return divided(Files.readAllBytes(raw), 4, read.width() * read.height());
    }

    /** Divides raw frames, transparency over white. */
    private static List<int[]> divided(byte[] bytes, int channels, int pixels) {
        List<int[]> frames = new ArrayList<>();
        for (int from = 0; from + channels * pixels <= bytes.length; from += channels * pixels) {
            int[] frame = new int[pixels];
            for (int i = 0; i < pixels; i++) {
                int at = from + channels * i;
                float opaque = (bytes[at + 3] & 0xff) / 255f;
                for (int c = 0; c < 3; c++) {
                    float level = (bytes[at + c] & 0xff) * opaque + 255 * (1 - opaque);
                    frame[i] = frame[i] << 8 | Math.round(level);
                }
            }
            frames.add(frame);
        }
        return frames;
    }

    private void run(String... command) throws IOException, InterruptedException {
        Path log = folder.resolve("log");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    }
}
