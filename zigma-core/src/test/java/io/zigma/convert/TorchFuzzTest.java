package io.zigma.convert;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.convert.PickleBytes.Saved;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.opentest4j.AssertionFailedError;

/** Damaged files are refused in one line or read; nothing else ever happens. */
class TorchFuzzTest {

    private static final int DAMAGES = 250;
    private static final int MOST_FLIPS = 4;

    @TempDir Path folder;
    private Map<String, Object> saved = Map.of();
    private final Map<String, byte[]> storages = new LinkedHashMap<>();

    enum Format {
        ZIP,
        LEGACY
    }

    @BeforeEach
    void describeACheckpoint() {
        Map<String, Object> weights = new LinkedHashMap<>();
        for (int i = 0; i < 4; i++) {
            weights.put("module.w" + i, Saved.floats("" + i, 3, i + 1));
            storages.put("" + i, TorchBytes.floats(new float[3 * (i + 1)]));
        }
        saved = new LinkedHashMap<>();
        saved.put("model", weights);
        saved.put("ema", weights);
        saved.put("args", Map.of("train", Map.of("path_type", "Linear")));
        saved.put("train_steps", 3);
        saved.put("device", new PickleBytes.Call("torch", "device", List.of("cpu")));
        saved.put(
                "score",
                new PickleBytes.Call(
                        "numpy.core.multiarray",
                        "scalar",
                        List.of(
                                new PickleBytes.Filled(
                                        new PickleBytes.Call(
                                                "numpy", "dtype", List.of("f8", false, true)),
                                        new PickleBytes.Tuple(Arrays.asList(3, "<", null)),
                                        Map.of(),
                                        List.of()),
                                new byte[8])));
        saved.put("own", new PickleBytes.New("__main__", "Config", Map.of("depth", 2)));
    }

    @ParameterizedTest
    @EnumSource
    void flippedBitsAreRefusedOrRead(Format format) throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        byte[] whole = Files.readAllBytes(write(format));
        for (int damage = 0; damage < DAMAGES; damage++) {
            byte[] damaged = whole.clone();
            for (int flip = random.nextInt(MOST_FLIPS); flip >= 0; flip--) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            assertRefusedOrRead(damaged, "damage " + damage);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFileThatIsCutOffAnywhereIsRefused(Format format) throws IOException {
        byte[] whole = Files.readAllBytes(write(format));
        int step = Math.max(1, whole.length / DAMAGES);
        for (int length = 0; length < whole.length; length += step) {
            assertThat(assertRefusedOrRead(Arrays.copyOf(whole, length), "length " + length))
                    .as("the first %d of %d bytes were refused", length, whole.length)
                    .isTrue();
        }
    }

    private Path write(Format format) throws IOException {
        Path file = folder.resolve("whole.pt");
        byte[] pickle = PickleBytes.of(saved);
        return switch (format) {
            case ZIP -> TorchBytes.zip(file, pickle, storages);
            case LEGACY -> TorchBytes.legacy(file, pickle, storages);
        };
    }

    /** Returns whether a file was refused. */
    private boolean assertRefusedOrRead(byte[] bytes, String what) throws IOException {
        Path file = Files.write(folder.resolve("damaged.pt"), bytes);
        try (TorchCheckpoint checkpoint = TorchCheckpoint.open(file);
                TorchFile torch = TorchFile.open(file)) {
            checkpoint.interpolant();
            for (TorchTensor tensor : checkpoint.tensors().values()) {
                torch.floats("w", tensor);
            }
            return false;
        } catch (TorchException e) {
            assertThat(e.getMessage()).as(what).startsWith(file.toString()).hasLineCount(1);
            return true;
        } catch (RuntimeException e) {
            throw new AssertionFailedError(what, e);
        }
    }
}
