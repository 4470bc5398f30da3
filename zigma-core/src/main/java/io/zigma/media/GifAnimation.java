package io.zigma.media;

import io.zigma.io.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Pictures one after another in a GIF file that starts again at its end.
 *
 * @param delay how long a picture stands; GIF counts hundredths of a second
 * @param lastDelay how long the last picture stands before the animation starts again
 */
public record GifAnimation(Duration delay, Duration lastDelay) {

    private static final String FORMAT = "javax_imageio_gif_image_1.0";

    /** Netscape's extension, block 1: the number of repeats as 16 bits, 0 for no end. */
    private static final byte[] REPEAT_FOREVER = {1, 0, 0};

    /**
     * Checks the delays.
     *
     * @throws IllegalArgumentException if one is shorter than 1/100 s or longer than 655 s
     */
    public GifAnimation {
        checkDelay(delay);
        checkDelay(lastDelay);
    }

    /**
     * Writes an animation beside its place and renames it; a file that is there is replaced.
     *
     * @param file where to
     * @param frames one or more pictures of the same size, grey or RGB
     * @throws IOException if the file cannot be written
     * @throws IllegalArgumentException if there is no picture or their sizes differ
     */
    public void write(Path file, List<BufferedImage> frames) throws IOException {
        if (frames.isEmpty()) {
            throw new IllegalArgumentException("an animation needs at least one picture");
        }
        BufferedImage first = frames.get(0);
        for (BufferedImage frame : frames) {
            if (frame.getWidth() != first.getWidth() || frame.getHeight() != first.getHeight()) {
                throw new IllegalArgumentException(
                        "pictures of an animation must have one size, not %d×%d and %d×%d"
                                .formatted(
                                        first.getWidth(),
                                        first.getHeight(),
                                        frame.getWidth(),
                                        frame.getHeight()));
            }
        }
        AtomicFile.write(file, channel -> writeFrames(channel, frames));
    }

    private void writeFrames(FileChannel channel, List<BufferedImage> frames) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
        try (ImageOutputStream output =
                new MemoryCacheImageOutputStream(Channels.newOutputStream(channel))) {
            writer.setOutput(output);
            writer.prepareWriteSequence(null);
            for (int i = 0; i < frames.size(); i++) {
                Duration standing = i == frames.size() - 1 ? lastDelay : delay;
                BufferedImage frame = frames.get(i);
                writer.writeToSequence(
                        new IIOImage(frame, null, metadata(writer, frame, standing, i == 0)), null);
            }
            writer.endWriteSequence();
        } finally {
            writer.dispose();
        }
    }

    private static IIOMetadata metadata(
            ImageWriter writer, BufferedImage frame, Duration standing, boolean first)
            throws IOException {
        IIOMetadata metadata =
                writer.getDefaultImageMetadata(
                        ImageTypeSpecifier.createFromRenderedImage(frame), null);
        IIOMetadataNode root = new IIOMetadataNode(FORMAT);
        IIOMetadataNode control = new IIOMetadataNode("GraphicControlExtension");
        control.setAttribute("disposalMethod", "none");
        control.setAttribute("userInputFlag", "FALSE");
        control.setAttribute("transparentColorFlag", "FALSE");
        control.setAttribute("transparentColorIndex", "0");
        control.setAttribute("delayTime", Long.toString(hundredths(standing)));
        root.appendChild(control);
        if (first) {
            IIOMetadataNode repeat = new IIOMetadataNode("ApplicationExtension");
            repeat.setAttribute("applicationID", "NETSCAPE");
            repeat.setAttribute("authenticationCode", "2.0");
            repeat.setUserObject(REPEAT_FOREVER.clone());
            IIOMetadataNode extensions = new IIOMetadataNode("ApplicationExtensions");
            extensions.appendChild(repeat);
            root.appendChild(extensions);
        }
        metadata.mergeTree(FORMAT, root);
        return metadata;
    }

    private static void checkDelay(Duration delay) {
        long hundredths = hundredths(delay);
        if (hundredths < 1 || hundredths > 0xffff) {
            throw new IllegalArgumentException(
                    "a GIF picture stands for 0.01 to 655.35 seconds, not %s".formatted(delay));
        }
    }

    private static long hundredths(Duration delay) {
        return delay.toMillis() / 10;
    }
}
