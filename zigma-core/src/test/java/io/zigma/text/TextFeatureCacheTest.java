package io.zigma.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.io.CheckpointException;
import io.zigma.io.HalfPrecision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFeatureCacheTest {

    private static final int TOKENS = 6;

    @TempDir Path folder;

    @Test
    void givesWhatTheEncoderGaveRoundedToHalves() throws IOException {
        SpelledOut encoder = new SpelledOut();
        try (TextFeatureCache cache = TextFeatureCache.open(folder, encoder, TOKENS)) {
            List<String> texts = List.of("", "a red apple", "zwölf Boxkämpfer 🦀", "\ud83d");
            cache.prepare(texts, TextFeatureCache.ProgressListener.SILENT);
            for (String text : texts) {
                assertRead(cache, encoder, text);
            }
        }
    }

    @Test
    void computesEachTextOnceAlsoInLaterRuns() throws IOException {
        SpelledOut encoder = new SpelledOut();
        try (TextFeatureCache cache = TextFeatureCache.open(folder, encoder, TOKENS)) {
            cache.prepare(List.of("a", "b", "a"), TextFeatureCache.ProgressListener.SILENT);
            cache.prepare(List.of("b", "c"), TextFeatureCache.ProgressListener.SILENT);
        }
        try (TextFeatureCache cache = TextFeatureCache.open(folder, encoder, TOKENS)) {
            List<String> progress = new ArrayList<>();
            cache.prepare(
                    List.of("a", "b", "c", "d"),
                    (done, total) -> progress.add(done + " of " + total));
            assertThat(progress).containsExactly("1 of 1");
            assertRead(cache, encoder, "c");
        }
        assertThat(encoder.encoded.get()).isEqualTo(4);
    }

    @Test
    void whatAKilledRunLeftUnfinishedIsCutOffAndComputedAgain() throws IOException {
        SpelledOut encoder = new SpelledOut();
        Path file;
        try (TextFeatureCache cache = TextFeatureCache.open(folder, encoder, TOKENS)) {
            cache.prepare(List.of("one", "two"), TextFeatureCache.ProgressListener.SILENT);
            file = cache.path();
        }
        byte[] whole = Files.readAllBytes(file);
        try (TextFeatureCache cache = TextFeatureCache.open(folder, encoder, TOKENS)) {
            cache.prepare(List.of("three"), TextFeatureCache.ProgressListener.SILENT);
        }
        byte[] longer = Files.readAllBytes(file);
        for (int length = 0; length < longer.length; length += 7) {
            Files.write(file, Arrays.copyOf(longer, length));
            try (TextFeatureCache cache = TextFeatureCache.open(folder, encoder, TOKENS)) {
                assertThat(cache.has("one") && cache.has("two"))
                        .as("after " + length + " bytes")
                        .isEqualTo(length >= whole.length);
                assertThat(cache.has("three")).isFalse();
                cache.prepare(
                        List.of("one", "two", "three"), TextFeatureCache.ProgressListener.SILENT);
                for (String text : List.of("one", "two", "three")) {
                    assertRead(cache, encoder, text);
                }
            }
            assertThat(Files.readAllBytes(file)).hasSameSizeAs(longer);
        }
    }

    @Test
    void aRecordThatIsNotAsItWasWrittenIsComputedAgain() throws IOException {
        SpelledOut encoder = new SpelledOut();
        Path file;
        try (TextFeatureCache cache = TextFeatureCache.open(folder, encoder, TOKENS)) {
            cache.prepare(List.of("one", "two"), TextFeatureCache.ProgressListener.SILENT);
            file = cache.path();
        }
        byte[] bytes = Files.readAllBytes(file);
        for (int at = 48; at < bytes.length; at += 5) {
            byte[] spoilt = bytes.clone();
            spoilt[at] ^= 0x10;
            Files.write(file, spoilt);
            try (TextFeatureCache cache = TextFeatureCache.open(folder, encoder, TOKENS)) {
                cache.prepare(List.of("one", "two"), TextFeatureCache.ProgressListener.SILENT);
                assertRead(cache, encoder, "one");
                assertRead(cache, encoder, "two");
            }
        }
    }

    @Test
    void anEmptyFileOfAKilledRunIsBegunAgain() throws IOException {
        SpelledOut encoder = new SpelledOut();
        Path file;
        try (TextFeatureCache cache = TextFeatureCache.open(folder, encoder, TOKENS)) {
            file = cache.path();
        }
        Files.write(file, new byte[0]);
        try (TextFeatureCache cache = TextFeatureCache.open(folder, encoder, TOKENS)) {
            cache.prepare(List.of("x"), TextFeatureCache.ProgressListener.SILENT);
            assertRead(cache, encoder, "x");
        }
    }

    @Test
    void twoThatAreOpenAtOnceSeeWhatTheOtherComputed() throws IOException {
        SpelledOut encoder = new SpelledOut();
        try (TextFeatureCache one = TextFeatureCache.open(folder, encoder, TOKENS);
                TextFeatureCache other = TextFeatureCache.open(folder, encoder, TOKENS)) {
            one.prepare(List.of("a", "b"), TextFeatureCache.ProgressListener.SILENT);
            other.prepare(List.of("b", "c"), TextFeatureCache.ProgressListener.SILENT);
            one.prepare(List.of("c"), TextFeatureCache.ProgressListener.SILENT);
            assertRead(one, encoder, "c");
            assertRead(other, encoder, "a");
        }
        assertThat(encoder.encoded.get()).isEqualTo(3);
    }

    @Test
    void manyThreadsAndProcessesMayPrepareAndReadAtOnce() throws Exception {
        List<String> texts = IntStream.range(0, 700).mapToObj(i -> "caption " + i).toList();
        List<Process> others = List.of(filler(), filler());
        SpelledOut encoder = new SpelledOut();
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try (TextFeatureCache cache = TextFeatureCache.open(folder, encoder, TOKENS)) {
            List<Future<?>> work = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                work.add(
                        threads.submit(
                                () -> {
                                    cache.prepare(texts, TextFeatureCache.ProgressListener.SILENT);
                                    for (String text : texts) {
                                        assertRead(cache, encoder, text);
                                    }
                                    return null;
                                }));
            }
            for (Future<?> one : work) {
                one.get();
            }
            for (Process other : others) {
                assertThat(other.waitFor(2, TimeUnit.MINUTES)).isTrue();
                assertThat(other.exitValue()).isZero();
            }
        } finally {
            threads.shutdown();
            others.forEach(Process::destroyForcibly);
        }
        try (TextFeatureCache cache = TextFeatureCache.open(folder, encoder, TOKENS)) {
            for (String text : texts) {
                assertRead(cache, encoder, text);
            }
        }
    }

    @Test
    void aRunThatIsKilledLeavesAFileThatTheNextOneGoesOnWith() throws Exception {
        List<String> texts = IntStream.range(0, 700).mapToObj(i -> "caption " + i).toList();
        SpelledOut encoder = new SpelledOut();
        try (TextFeatureCache cache = TextFeatureCache.open(folder, encoder, TOKENS)) {
            Process victim = filler();
            while (victim.isAlive() && Files.size(cache.path()) < 1000) {
                Thread.onSpinWait();
            }
            victim.destroyForcibly().waitFor();
            cache.prepare(texts, TextFeatureCache.ProgressListener.SILENT);
            for (String text : texts) {
                assertRead(cache, encoder, text);
            }
        }
    }

    private Process filler() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dai.djl.offline=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Filler.class.getName(),
                        folder.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Another program that fills the same cache. */
    static final class Filler {

        private Filler() {}

        /** Fills the cache in the folder that is named. */
        public static void main(String[] arguments) throws IOException {
            List<String> texts =
                    new ArrayList<>(IntStream.range(0, 700).mapToObj(i -> "caption " + i).toList());
            Collections.reverse(texts);
            SpelledOut encoder = new SpelledOut();
            try (TextFeatureCache cache =
                    TextFeatureCache.open(Path.of(arguments[0]), encoder, TOKENS)) {
                cache.prepare(texts, TextFeatureCache.ProgressListener.SILENT);
                for (String text : texts) {
                    assertRead(cache, encoder, text);
                }
            }
        }
    }

    @Test
    void anotherEncoderOrLengthHasAFileOfItsOwn() throws IOException {
        SpelledOut encoder = new SpelledOut();
        try (TextFeatureCache six = TextFeatureCache.open(folder, encoder, 6);
                TextFeatureCache eight = TextFeatureCache.open(folder, encoder, 8);
                TextFeatureCache other =
                        TextFeatureCache.open(folder, new SpelledOut("0".repeat(64)), 6)) {
            assertThat(List.of(six.path(), eight.path(), other.path())).doesNotHaveDuplicates();
        }
    }

    @Test
    void aFileOfSomethingElseIsRefusedAndKept() throws IOException {
        SpelledOut encoder = new SpelledOut();
        Path file;
        try (TextFeatureCache cache = TextFeatureCache.open(folder, encoder, TOKENS)) {
            file = cache.path();
        }
        byte[] foreign = new byte[100];
        new Random(1).nextBytes(foreign);
        Files.write(file, foreign, StandardOpenOption.TRUNCATE_EXISTING);
        assertThatThrownBy(() -> TextFeatureCache.open(folder, encoder, TOKENS))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(file + " is no cache of this text encoder");
        assertThat(Files.readAllBytes(file)).isEqualTo(foreign);
    }

    @Test
    void aTextThatWasNotPreparedIsNamed() throws IOException {
        try (TextFeatureCache cache = TextFeatureCache.open(folder, new SpelledOut(), TOKENS)) {
            assertThatThrownBy(() -> cache.read("x y", new float[24], 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'x y'");
        }
    }

    private static void assertRead(TextFeatureCache cache, SpelledOut encoder, String text) {
        float[] target = new float[3 + TOKENS * SpelledOut.SIZE];
        Arrays.fill(target, 9);
        int real = cache.read(text, target, 2);
        float[] expected = encoder.tokens(text, TOKENS);
        assertThat(real).isEqualTo(Math.min(TOKENS, text.length() + 2));
        for (int i = 0; i < expected.length; i++) {
            assertThat(target[2 + i])
                    .isEqualTo(HalfPrecision.fromHalf(HalfPrecision.toHalf(expected[i])));
        }
        assertThat(target[0]).isEqualTo(9);
        assertThat(target[target.length - 1]).isEqualTo(9);
    }

    /** An encoder whose tokens are a text's characters between two marks. */
    private static final class SpelledOut implements TextEncoder {

        static final int SIZE = 4;

        final AtomicInteger encoded = new AtomicInteger();
        private final String hash;

        SpelledOut() {
            this("0123456789abcdef".repeat(4));
        }

        SpelledOut(String hash) {
            this.hash = hash;
        }

        float[] tokens(String text, int most) {
            float[] values = new float[most * SIZE];
            int real = Math.min(most, text.length() + 2);
            for (int i = 0; i < real * SIZE; i++) {
                values[i] = (text.hashCode() % 1000 + 1) / (i + 3f);
            }
            return values;
        }

        @Override
        public TextEncoderReference reference() {
            return new TextEncoderReference("spelled-out", hash);
        }

        @Override
        public int size() {
            return SIZE;
        }

        @Override
        public int maxTokens() {
            return 100;
        }

        @Override
        public Tokenized tokenize(String text) {
            return new Tokenized(text.length() + 2, List.of());
        }

        @Override
        public TextFeatures encode(NDManager manager, List<String> texts, int n) {
            encoded.addAndGet(texts.size());
            float[] context = new float[texts.size() * n * SIZE];
            float[] mask = new float[texts.size() * n];
            for (int i = 0; i < texts.size(); i++) {
                System.arraycopy(tokens(texts.get(i), n), 0, context, i * n * SIZE, n * SIZE);
                Arrays.fill(mask, i * n, i * n + Math.min(n, texts.get(i).length() + 2), 1);
            }
            return new TextFeatures(
                    manager.create(context, new Shape(texts.size(), n, SIZE)),
                    manager.create(mask, new Shape(texts.size(), n)),
                    manager.zeros(new Shape(texts.size(), SIZE)));
        }

        @Override
        public void close() {}
    }
}
