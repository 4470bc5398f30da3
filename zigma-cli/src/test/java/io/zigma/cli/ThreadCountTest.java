package io.zigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine takes its number of threads once a process, so each picture is made by its own. */
class ThreadCountTest {

    @TempDir Path folder;

    @Test
    void picturesOfOneAndTwoThreadsDifferByOneLevelAtMost() throws Exception {
        Path model = TinyCheckpoint.large(folder.resolve("model"));

        Raster one = generated(model, 1);
        Raster two = generated(model, 2);

        assertThat(two.getBounds()).isEqualTo(one.getBounds());
        int largest = 0;
        for (int y = 0; y < one.getHeight(); y++) {
            for (int x = 0; x < one.getWidth(); x++) {
                int difference = one.getSample(x, y, 0) - two.getSample(x, y, 0);
                largest = Math.max(largest, Math.abs(difference));
            }
        }
        assertThat(largest).as("largest difference in levels of 255").isLessThanOrEqualTo(1);
    }

    private Raster generated(Path model, int threads) throws IOException, InterruptedException {
        Path picture = folder.resolve(threads + ".png");
        Path said = folder.resolve(threads + ".txt");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--add-modules",
                                "jdk.incubator.vector",
                                "-Dai.djl.offline=true",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName(),
                                "generate",
                                "-m",
                                model.toString(),
                                "-n",
                                "2",
                                "-s",
                                "7",
                                "-o",
                                picture.toString(),
                                "--threads",
                                Integer.toString(threads))
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ended").isTrue();
        assertThat(process.exitValue()).as("exit status, see " + said).isZero();
        return ImageIO.read(picture.toFile()).getRaster();
    }
}
