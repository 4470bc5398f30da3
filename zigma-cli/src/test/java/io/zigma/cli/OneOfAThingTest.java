package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zigma.base.Amount;
import io.zigma.base.SampleShape;
import io.zigma.condition.ByClass;
import io.zigma.media.PictureFormat;
import io.zigma.sampler.SamplerSpec;
import io.zigma.train.data.DatasetException;
import io.zigma.train.data.DatasetOptions;
import io.zigma.train.data.Datasets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One picture is no "1 pictures". */
class OneOfAThingTest {

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({"0, class, 0 classes", "1, class, 1 class", "2, picture, 2 pictures"})
    void amountsAreWrittenAsPeopleDo(int count, String one, String written) {
        assertThat(Amount.of(count, one)).isEqualTo(written);
    }

    @Test
    void descriptionsOfOneSpeakOfOne() {
        assertThat(new SamplerSpec("euler", 1)).hasToString("euler in 1 step");
        assertThat(new SampleShape(1, 3, 8, 8)).hasToString("1 frame of 8×8×3");
        assertThatThrownBy(() -> new ByClass(10, false).requireTrainableOn("photos", 1, false))
                .hasMessage("photos has 1 class, the model 10");
    }

    @Test
    void aClassOfOnePictureThatCannotBeReadIsNamedAsSuch() throws IOException {
        FlatColours.write(folder, List.of("cats"), 2, 1);
        Files.writeString(
                Files.createDirectory(folder.resolve("dogs")).resolve("1.png"), "no picture");
        DatasetOptions colour = DatasetOptions.defaults().withFormat(new PictureFormat(3, 8, 8));
        assertThatThrownBy(() -> Datasets.open(folder, colour))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("nothing of class 'dogs' can be read (it has 1 picture)");
    }

    @Test
    void tooFewSamplesAreCountedAsSuch() throws IOException {
        FlatColours.write(folder, List.of("cats"), 1, 1);
        ConsoleOfTest console = ConsoleOfTest.plain();
        console.zigma("evaluate", "--samples", folder.toString(), "--data", folder.toString());
        assertThat(console.err()).contains("holds 1 picture; at least 10 are needed");
    }
}
