package io.zigma.media;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.w3c.dom.NodeList;

/**
 * Videos as GIF, which repeat without end.
 *
 * <p>GIF counts time in hundredths of a second and has at most 256 colours a frame. The text is one
 * Comment Extension (GIF89a specification, section 24) before the first frame: a line {@code
 * keyword: text} a field, in UTF-8, which is ASCII, as the specification recommends, where the text
 * is.
 */
public final class GifWriter implements MediaWriter {

    private static final String FORMAT = "javax_imageio_gif_image_1.0";

    /** Netscape's extension, block 1: the number of repeats as 16 bits, 0 for no end. */
    private static final byte[] REPEAT_FOREVER = {1, 0, 0};

    @Override
    public String name() {
        return "GIF";
    }

    @Override
    public List<String> endings() {
        return List.of(".gif");
    }

    @Override
    public boolean animates() {
        return true;
    }

    /**
     * Writes a whole file.
     *
     * @throws IllegalArgumentException if a frame is shown for less than 1/100 s or more than 655 s
     */
    @Override
    public void write(OutputStream out, MediaContent content) throws IOException {
        checkDelay(content.delay());
        checkDelay(content.lastDelay());
        List<BufferedImage> frames = content.frames();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
        try (ImageOutputStream output = new MemoryCacheImageOutputStream(out)) {
            writer.setOutput(output);
            writer.prepareWriteSequence(null);
            for (int i = 0; i < frames.size(); i++) {
                BufferedImage frame = frames.get(i);
                IIOMetadata metadata =
                        writer.getDefaultImageMetadata(
                                ImageTypeSpecifier.createFromRenderedImage(frame), null);
                IIOMetadataNode root = new IIOMetadataNode(FORMAT);
                root.appendChild(
                        control(i == frames.size() - 1 ? content.lastDelay() : content.delay()));
                if (i == 0) {
                    root.appendChild(repeat());
                    if (!content.text().isEmpty()) {
                        root.appendChild(comment(content.text()));
                    }
                }
                metadata.mergeTree(FORMAT, root);
                writer.writeToSequence(new IIOImage(frame, null, metadata), null);
            }
            writer.endWriteSequence();
        } finally {
            writer.dispose();
        }
    }

    private static IIOMetadataNode control(Duration delay) {
        IIOMetadataNode control = new IIOMetadataNode("GraphicControlExtension");
        control.setAttribute("disposalMethod", "none");
        control.setAttribute("userInputFlag", "FALSE");
        control.setAttribute("transparentColorFlag", "FALSE");
        control.setAttribute("transparentColorIndex", "0");
        control.setAttribute("delayTime", Long.toString(hundredths(delay)));
        return control;
    }

    private static IIOMetadataNode repeat() {
        IIOMetadataNode repeat = new IIOMetadataNode("ApplicationExtension");
        repeat.setAttribute("applicationID", "NETSCAPE");
        repeat.setAttribute("authenticationCode", "2.0");
        repeat.setUserObject(REPEAT_FOREVER.clone());
        IIOMetadataNode extensions = new IIOMetadataNode("ApplicationExtensions");
        extensions.appendChild(repeat);
        return extensions;
    }

    private static IIOMetadataNode comment(Map<String, String> text) {
        String lines =
                text.entrySet().stream()
                        .map(field -> oneLine(field.getKey()) + ": " + oneLine(field.getValue()))
                        .collect(Collectors.joining("\n"));
        IIOMetadataNode comment = new IIOMetadataNode("CommentExtension");
        // ImageIO writes a character a byte
        comment.setAttribute(
                "value",
                new String(lines.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
        IIOMetadataNode comments = new IIOMetadataNode("CommentExtensions");
        comments.appendChild(comment);
        return comments;
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\R", " ");
    }

    /**
     * Reads the text of a GIF file as this class writes it.
     *
     * @param file an existing GIF file
     * @return keywords and text in file order; empty if there is none
     * @throws IOException if the file cannot be read or is no GIF file
     */
    public static Map<String, String> readText(Path file) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
        try (ImageInputStream input = ImageIO.createImageInputStream(file.toFile())) {
            if (input == null) {
                throw new IOException(file + " cannot be opened");
            }
            reader.setInput(input);
            IIOMetadataNode root = (IIOMetadataNode) reader.getImageMetadata(0).getAsTree(FORMAT);
            NodeList comments = root.getElementsByTagName("CommentExtension");
            Map<String, String> text = new LinkedHashMap<>();
            for (int i = 0; i < comments.getLength(); i++) {
                String value = ((IIOMetadataNode) comments.item(i)).getAttribute("value");
                fields(value.getBytes(StandardCharsets.ISO_8859_1), text);
            }
            return Collections.unmodifiableMap(text);
        } finally {
            reader.dispose();
        }
    }

    private static void fields(byte[] comment, Map<String, String> text) {
        for (String line : new String(comment, StandardCharsets.UTF_8).split("\n", -1)) {
            int colon = line.indexOf(": ");
            if (colon > 0) {
                text.put(line.substring(0, colon), line.substring(colon + 2));
            }
        }
    }

    private static void checkDelay(Duration delay) {
        long hundredths = hundredths(delay);
        if (hundredths < 1 || hundredths > 0xffff) {
            throw new IllegalArgumentException(
                    "a GIF frame is shown for 0.01 to 655.35 seconds, not %s".formatted(delay));
        }
    }

    private static long hundredths(Duration delay) {
        return delay.toMillis() / 10;
    }
}
