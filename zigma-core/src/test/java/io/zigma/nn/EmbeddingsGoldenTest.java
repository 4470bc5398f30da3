package io.zigma.nn;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.scan.Grid;
import io.zigma.testing.Close;
import io.zigma.testing.Fixture;
import io.zigma.testing.Golden;
import io.zigma.testing.Tolerance;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class EmbeddingsGoldenTest {

    // float32 cosines of angles up to 1000, whose own rounding is 6e-5
    private static final Tolerance TIME = Tolerance.elementwise(0, 1e-4);
    private static final Tolerance POSITION = Tolerance.elementwise(0, 1e-6);

    static Stream<Fixture> fixtures() {
        return Golden.fixtures("embeddings");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void timesGiveTheOfficialSinusoids(Fixture fixture) {
        List<String> tensors = fixture.names("out.temb_");
        assertThat(tensors).isNotEmpty();
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray t = fixture.array(manager, "in.t");
            for (String tensor : tensors) {
                int size = Integer.parseInt(tensor.substring("out.temb_".length()));
                Close.assertClose(fixture, tensor, TimestepEmbedding.sinusoids(t, size), TIME);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void positionsGiveTheOfficialTable(Fixture fixture) {
        List<String> tensors = fixture.names("out.pos_");
        assertThat(tensors).isNotEmpty();
        for (String tensor : tensors) {
            String[] sizes = tensor.substring("out.pos_".length()).split("_", -1);
            int hiddenSize = Integer.parseInt(sizes[0]);
            int side = Integer.parseInt(sizes[1]);
            Close.assertClose(
                    tensor,
                    PositionTable.sineCosine(Grid.image(side, side), hiddenSize),
                    fixture.floats(tensor),
                    POSITION);
        }
    }
}
