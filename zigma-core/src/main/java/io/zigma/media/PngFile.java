package io.zigma.media;

import io.zigma.io.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
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
 * PNG files with text: the recipe from which an image can be reproduced.
 *
 * <p>Text that fits Latin-1 goes into {@code tEXt} chunks, which every viewer shows; other text
 * into {@code iTXt} chunks (PNG specification 1.2, section 4.2.3). The same picture and text give
 * the same bytes: no time is written.
 */
public final class PngFile {

    private static final String FORMAT = "javax_imageio_png_1.0";

    /** The specification's limit for a keyword, in bytes. */
    private static final int LONGEST_KEYWORD = 79;

    private PngFile() {}

    /**
     * Writes a picture into a temporary file and renames it; an existing file is replaced.
     *
     * @param file where to
     * @param image a grey or RGB picture
     * @param text keywords (1 … 79 Latin-1 characters) and their text, in the order to write
     * @throws IOException if the file cannot be written
     * @throws IllegalArgumentException if a keyword is none
     */
    public static void write(Path file, BufferedImage image, Map<String, String> text)
            throws IOException {
        IIOMetadataNode chunks = chunks(text);
        AtomicFile.write(file, channel -> write(Channels.newOutputStream(channel), image, chunks));
    }

    /**
     * Returns a PNG file's bytes, the same that {@link #write} writes.
     *
     * @param image a grey or RGB picture
     * @param text keywords (1 … 79 Latin-1 characters) and their text, in the order to write
     * @return the whole file
     * @throws IllegalArgumentException if a keyword is none
     */
    public static byte[] bytes(BufferedImage image, Map<String, String> text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            write(bytes, image, chunks(text));
        } catch (IOException e) {
            throw new UncheckedIOException("memory takes every byte", e);
        }
        return bytes.toByteArray();
    }

    private static IIOMetadataNode chunks(Map<String, String> text) {
        IIOMetadataNode latin = new IIOMetadataNode("tEXt");
        IIOMetadataNode international = new IIOMetadataNode("iTXt");
        for (Map.Entry<String, String> field : text.entrySet()) {
            String keyword = checkedKeyword(field.getKey());
            if (isLatin(field.getValue())) {
                latin.appendChild(latinEntry(keyword, field.getValue()));
            } else {
                international.appendChild(internationalEntry(keyword, field.getValue()));
            }
        }
        IIOMetadataNode root = new IIOMetadataNode(FORMAT);
        if (latin.hasChildNodes()) {
            root.appendChild(latin);
        }
        if (international.hasChildNodes()) {
            root.appendChild(international);
        }
        return root;
    }

    private static void write(OutputStream stream, BufferedImage image, IIOMetadataNode text)
            throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
        try (ImageOutputStream output = new MemoryCacheImageOutputStream(stream)) {
            IIOMetadata metadata =
                    writer.getDefaultImageMetadata(
                            ImageTypeSpecifier.createFromRenderedImage(image), null);
            metadata.mergeTree(FORMAT, text);
            writer.setOutput(output);
            writer.write(new IIOImage(image, null, metadata));
        } finally {
            writer.dispose();
        }
    }

    /**
     * Reads the text of a PNG file.
     *
     * @param file an existing PNG file
     * @return keywords and text: tEXt fields in file order, then iTXt fields in file order
     * @throws IOException if the file cannot be read or is no PNG file
     */
    public static Map<String, String> readText(Path file) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
        try (ImageInputStream input = ImageIO.createImageInputStream(file.toFile())) {
            if (input == null) {
                throw new IOException(file + " cannot be opened");
            }
            reader.setInput(input);
            IIOMetadataNode root = (IIOMetadataNode) reader.getImageMetadata(0).getAsTree(FORMAT);
            Map<String, String> text = new LinkedHashMap<>();
            collect(root.getElementsByTagName("tEXtEntry"), "value", text);
            collect(root.getElementsByTagName("iTXtEntry"), "text", text);
            return Collections.unmodifiableMap(text);
        } finally {
            reader.dispose();
        }
    }

    private static void collect(NodeList entries, String attribute, Map<String, String> text) {
        for (int i = 0; i < entries.getLength(); i++) {
            IIOMetadataNode entry = (IIOMetadataNode) entries.item(i);
            text.put(entry.getAttribute("keyword"), entry.getAttribute(attribute));
        }
    }

    private static String checkedKeyword(String keyword) {
        if (keyword.isBlank() || keyword.length() > LONGEST_KEYWORD || !isLatin(keyword)) {
            throw new IllegalArgumentException(
                    "a PNG keyword has 1 to %s Latin-1 characters, '%s' is none"
                            .formatted(LONGEST_KEYWORD, keyword));
        }
        return keyword;
    }

    private static boolean isLatin(String text) {
        return StandardCharsets.ISO_8859_1.newEncoder().canEncode(text);
    }

    private static IIOMetadataNode latinEntry(String keyword, String value) {
        IIOMetadataNode entry = new IIOMetadataNode("tEXtEntry");
        entry.setAttribute("keyword", keyword);
        entry.setAttribute("value", value);
        return entry;
    }

    private static IIOMetadataNode internationalEntry(String keyword, String value) {
        IIOMetadataNode entry = new IIOMetadataNode("iTXtEntry");
        entry.setAttribute("keyword", keyword);
        entry.setAttribute("compressionFlag", "FALSE");
        entry.setAttribute("compressionMethod", "0");
        entry.setAttribute("languageTag", "");
        entry.setAttribute("translatedKeyword", "");
        entry.setAttribute("text", value);
        return entry;
    }
}
