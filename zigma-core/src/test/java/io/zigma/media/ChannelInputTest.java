package io.zigma.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChannelInputTest {

    /** More than two buffers. */
    private static final int LENGTH = 150_001;

    @TempDir Path place;
    private final byte[] content = new byte[LENGTH];
    private Path file = Path.of("");

    @BeforeEach
    void writeFile() throws IOException {
        new Random(1).nextBytes(content);
        file = Files.write(place.resolve("file"), content);
    }

    @Test
    void numbersAreReadWhereverTheyStand() throws IOException {
        ByteBuffer expected = ByteBuffer.wrap(content);
        for (int first = 0; first < 4; first++) {
            try (ImageInputStream in = PictureSource.of(file).open()) {
                in.seek(first);
                for (int at = first; at + 4 <= LENGTH; at += 4) {
                    assertThat(in.readInt()).as("at %s", at).isEqualTo(expected.getInt(at));
                }
            }
        }
    }

    @Test
    void oneReadGivesAllThatIsWanted() throws IOException {
        try (ImageInputStream in = PictureSource.of(file).open()) {
            byte[] all = new byte[LENGTH + 9];
            assertThat(in.read(all)).isEqualTo(LENGTH);
            assertThat(Arrays.copyOf(all, LENGTH)).isEqualTo(content);
            assertThat(in.read(all)).isEqualTo(-1);
            assertThat(in.read(all, 0, 0)).isZero();
        }
    }

    @Test
    void aNumberThatIsCutOffIsTheEnd() throws IOException {
        try (ImageInputStream in = PictureSource.of(file).open()) {
            in.seek(LENGTH - 3);
            assertThatThrownBy(in::readInt).isInstanceOf(EOFException.class);
        }
    }
}
