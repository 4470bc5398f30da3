package io.zigma.train.autoencoder;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.op.Precision;
import io.zigma.train.data.Batch;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Crops lie anywhere, whatever those before them do. */
class CropsTest {

    private static final int SIDE = 64;
    private static final int PICTURES = 256;

    @Test
    void whereACropLiesSaysNothingOfTheNext() {
        float[] images = new float[PICTURES * 3 * SIDE * SIDE];
        for (int i = 0; i < images.length; i++) {
            images[i] = i % (SIDE * SIDE); // a pixel says where it is
        }
        AutoencoderSettings settings =
                new AutoencoderSettings(
                        1, PICTURES, 32, 1e-3, 0, false, 7, 1, false, Precision.FLOAT32);
        float[] cut =
                new Crops(new ColouredWaves(1, SIDE), settings)
                        .of(new Batch(images, new int[PICTURES], List.of(), 0));
        int same = 0;
        for (int i = 1; i < PICTURES; i++) {
            int left = (int) cut[(i - 1) * 3 * 32 * 32] % SIDE;
            int top = (int) cut[i * 3 * 32 * 32] / SIDE;
            same += left == top ? 1 : 0;
        }
        assertThat(same).isLessThan(PICTURES / 8); // one of 33 by chance
    }
}
