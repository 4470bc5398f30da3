package io.zigma.spark;

import io.zigma.cli.command.ImportCommand;
import io.zigma.codec.TinyAutoencoders;
import io.zigma.convert.AutoencoderFiles;
import io.zigma.media.PngFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;

/** A codec of random weights, and pictures for it. */
final class TinyCodec {

    private TinyCodec() {}

    /** Imports a codec whose latents have a quarter of the pixels. */
    static Path in(Path folder, double scale) throws IOException {
        Path codec = folder.resolve("codec");
        Path file =
                AutoencoderFiles.safetensors(
                        AutoencoderFiles.compVis(TinyAutoencoders.HALVING, 3),
                        folder.resolve("vae.safetensors"));
        Runs.run(
                new ImportCommand(),
                file.toString(),
                "-o",
                codec.toString(),
                "--norm-groups",
                "4",
                "--scale-factor",
                Double.toString(scale));
        return codec;
    }

    /** Writes captioned pictures of two classes, which compress badly. */
    static Path pictures(Path folder, int count) throws IOException {
        Random random = new Random(5);
        for (int i = 0; i < count; i++) {
            Path own = Files.createDirectories(folder.resolve(i % 2 == 0 ? "even" : "odd"));
            BufferedImage picture = new BufferedImage(20, 18, BufferedImage.TYPE_INT_RGB);
            for (int y = 0; y < 18; y++) {
                for (int x = 0; x < 20; x++) {
                    picture.setRGB(x, y, random.nextInt(1 << 24));
                }
            }
            PngFile.write(own.resolve("%s.png".formatted(i)), picture, Map.of());
            Files.writeString(own.resolve("%s.txt".formatted(i)), "noise number " + i + "\n");
        }
        return folder;
    }
}
