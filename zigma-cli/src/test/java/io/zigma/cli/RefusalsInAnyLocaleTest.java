package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.zigma.backbone.ModelLimits;
import io.zigma.base.Amount;
import io.zigma.base.SampleShape;
import io.zigma.cli.terminal.Printable;
import io.zigma.codec.PixelCodec;
import io.zigma.condition.ByClass;
import io.zigma.condition.ByText;
import io.zigma.convert.ForeignCheckpoint;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.eval.Pictures;
import io.zigma.eval.feature.ClassifierConfig;
import io.zigma.io.SafetensorsFile;
import io.zigma.media.PictureFormat;
import io.zigma.nn.MambaConfig;
import io.zigma.scan.ScanScheme;
import io.zigma.train.data.DatasetOptions;
import io.zigma.train.data.Datasets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In another program, which has its own locale, numbers have the same digits. */
class RefusalsInAnyLocaleTest {

    private final Locale before = Locale.getDefault();

    @TempDir Path folder;

    @BeforeEach
    void speakArabic() {
        Locale.setDefault(Locale.forLanguageTag("ar-EG"));
        assertThat(String.format(Locale.getDefault(), "%d", 3)).isNotEqualTo("3");
    }

    @AfterEach
    void speakAsBefore() {
        Locale.setDefault(before);
    }

    @Test
    void refusalsOfEveryRoomHaveTheDigitsOfTheirCode() throws IOException {
        Path pickle = Files.write(folder.resolve("p.pt"), new byte[] {(byte) 0x80, 99, 1, 2});
        Path weights = Files.write(folder.resolve("w.safetensors"), new byte[] {1, 2, 3});
        Path idx = Files.createDirectory(folder.resolve("idx"));
        for (String name : List.of("train-images-idx3-ubyte", "train-labels-idx1-ubyte")) {
            Files.write(idx.resolve(name), new byte[32]);
        }
        Map<String, ThrowingCallable> refusals = new TreeMap<>();
        refusals.put("a size", () -> SampleShape.image(3, 0, 12));
        refusals.put("a limit", () -> ModelLimits.requireSize("depth", 2000, 1024));
        refusals.put("a format", () -> new PictureFormat(3, 1, 99_999));
        refusals.put("classes", () -> new ByClass(-12, false));
        refusals.put("tokens", () -> new ByText(-12, 3));
        refusals.put("guidance", () -> new GuidanceStrength(1234.5, 0, 1));
        refusals.put("a mixer", () -> new MambaConfig(0, 12, 2, 3, true, false));
        refusals.put("a codec", () -> new PixelCodec().sampleOf(SampleShape.image(12, 3, 4)));
        refusals.put("a scan", () -> ScanScheme.parse("zigzag-12"));
        refusals.put("weights", () -> SafetensorsFile.open(weights).close());
        refusals.put("a pickle", () -> ForeignCheckpoint.open(pickle).close());
        refusals.put("idx", () -> Datasets.open(idx, DatasetOptions.defaults()));
        refusals.put("pictures", () -> Pictures.length(SampleShape.image(3, 4096, 4096), 123_456));
        refusals.put(
                "a classifier",
                () -> new ClassifierConfig(3, 8, 8, List.of(123_456), List.of("a", "b")));

        refusals.forEach(
                (what, refusal) -> {
                    Throwable thrown = catchThrowable(refusal);
                    assertThat(thrown).as(what).isNotNull();
                    assertThat(thrown.getMessage())
                            .as(what)
                            .containsPattern("[0-9]")
                            .matches(
                                    m -> m.chars().noneMatch(c -> c > 127 && Character.isDigit(c)));
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"ar-EG", "de-DE", "fr-FR", "hi-IN-u-nu-deva", "tr-TR"})
    void amountsAndNamesAreWrittenAlike(String tag) {
        Locale.setDefault(Locale.forLanguageTag(tag));

        assertThat(Amount.of(1_234_567, "picture")).isEqualTo("1,234,567 pictures");
        assertThat(Printable.of("a\u001b")).isEqualTo("a\\u001b");
        assertThat(SampleShape.image(3, 28, 28)).hasToString("28×28×3");
    }
}
