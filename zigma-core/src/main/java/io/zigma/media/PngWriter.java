package io.zigma.media;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** Still pictures as PNG, their text in {@code tEXt} and {@code iTXt} chunks. */
final class PngWriter implements MediaWriter {

    @Override
    public String name() {
        return "PNG";
    }

    @Override
    public List<String> endings() {
        return List.of(".png");
    }

    @Override
    public boolean animates() {
        return false;
    }

    @Override
    public void write(OutputStream out, MediaContent content) throws IOException {
        List<BufferedImage> frames = content.frames();
        BufferedImage picture = frames.size() == 1 ? frames.get(0) : ImageGrid.of(frames);
        out.write(PngFile.bytes(picture, content.text()));
    }
}
