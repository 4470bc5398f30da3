package io.zigma.train.data;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.zigma.train.data.CsvRows.Row;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads {@code metadata.jsonl} and {@code metadata.csv} as Hugging Face's image folders have them:
 * {@code file_name} is a picture's path relative to the file, {@code text} its caption or a list of
 * captions, and everything else is an attribute.
 */
final class MetadataFile {

    static final String JSON_LINES = "metadata.jsonl";
    static final String CSV = "metadata.csv";

    private static final String FILE_NAME = "file_name";
    private static final String TEXT = "text";

    private final String shown;
    private final List<Line> lines = new ArrayList<>();
    private boolean aboutPictures;
    private boolean withCaptions;

    /**
     * What is said of a picture.
     *
     * @param number of the line
     * @param file the picture's path from the file's folder, composed
     * @param captions what may be said of it; none is a picture without a caption
     * @param attributes the other values as text
     */
    record Line(int number, String file, List<String> captions, Map<String, String> attributes) {

        Line {
            captions = List.copyOf(captions);
        }
    }

    private MetadataFile(String shown) {
        this.shown = shown;
    }

    /** Tells from its name whether a file is one. */
    static boolean isOne(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.equals(JSON_LINES) || lower.equals(CSV);
    }

    /**
     * Reads a file.
     *
     * @return its lines; empty if it names no pictures or has no captions, and is for something
     *     else
     * @throws DatasetException if a line is damaged; the message says which
     */
    static List<Line> read(PictureTree.Text file) throws DatasetException {
        String text = CaptionText.of(file);
        MetadataFile metadata = new MetadataFile(file.shown());
        if (file.name().toLowerCase(Locale.ROOT).equals(CSV)) {
            metadata.readCsv(text);
        } else {
            metadata.readJsonLines(text);
        }
        return metadata.aboutPictures && metadata.withCaptions
                ? List.copyOf(metadata.lines)
                : List.of();
    }

    private void readJsonLines(String text) throws DatasetException {
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (!line.isBlank()) {
                readObject(number, object(number, line));
            }
        }
    }

    private JsonObject object(int number, String line) throws DatasetException {
        try (JsonReader reader = new JsonReader(new StringReader(line))) {
            reader.setStrictness(Strictness.STRICT);
            JsonElement element = JsonParser.parseReader(reader);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw damaged(number, "something follows the JSON object");
            }
            if (element instanceof JsonObject object) {
                return object;
            }
            throw damaged(number, "is no JSON object");
        } catch (DatasetException e) {
            throw e;
        } catch (IOException | JsonParseException e) {
            DatasetException damaged = damaged(number, "is no JSON object, or is cut off");
            damaged.initCause(e);
            throw damaged;
        } catch (StackOverflowError e) {
            throw damaged(number, "is nested too deeply");
        }
    }

    private void readObject(int number, JsonObject object) throws DatasetException {
        Map<String, String> attributes = new LinkedHashMap<>();
        String name = null;
        List<String> captions = new ArrayList<>();
        for (Map.Entry<String, JsonElement> field : object.entrySet()) {
            JsonElement value = field.getValue();
            switch (field.getKey()) {
                case FILE_NAME -> {
                    aboutPictures = true;
                    name = text(number, FILE_NAME, value);
                }
                case TEXT -> {
                    withCaptions = true;
                    captions.addAll(captions(number, value));
                }
                default ->
                        attributes.put(
                                field.getKey(),
                                value instanceof JsonPrimitive single
                                        ? single.getAsString()
                                        : value.toString());
            }
        }
        if (name == null) {
            if (aboutPictures) {
                throw damaged(number, "has no field '%s'".formatted(FILE_NAME));
            }
            return;
        }
        lines.add(new Line(number, path(name), captions, attributes));
    }

    private List<String> captions(int number, JsonElement value) throws DatasetException {
        if (value.isJsonNull()) {
            return List.of();
        }
        List<String> captions = new ArrayList<>();
        if (value instanceof JsonArray several) {
            for (JsonElement one : several) {
                captions.addAll(CaptionFiles.lines(text(number, TEXT, one)));
            }
        } else {
            captions.addAll(CaptionFiles.lines(text(number, TEXT, value)));
        }
        return captions;
    }

    private String text(int number, String field, JsonElement value) throws DatasetException {
        if (value instanceof JsonPrimitive single && single.isString()) {
            return single.getAsString();
        }
        throw damaged(number, "'%s' must be text, not %s".formatted(field, value));
    }

    private void readCsv(String text) throws DatasetException {
        List<Row> rows;
        try {
            rows = CsvRows.of(text);
        } catch (IllegalArgumentException e) {
            throw new DatasetException("%s, %s; correct it".formatted(shown, e.getMessage()), e);
        }
        if (rows.isEmpty()) {
            return;
        }
        List<String> columns = rows.get(0).fields().stream().map(String::strip).toList();
        aboutPictures = columns.contains(FILE_NAME);
        withCaptions = columns.contains(TEXT);
        if (!aboutPictures || !withCaptions) {
            return;
        }
        for (Row row : rows.subList(1, rows.size())) {
            readRow(columns, row);
        }
    }

    private void readRow(List<String> columns, Row row) throws DatasetException {
        if (row.fields().size() != columns.size()) {
            throw damaged(
                    row.line(),
                    String.format(
                            Locale.ROOT,
                            "has %d values for %d columns",
                            row.fields().size(),
                            columns.size()));
        }
        Map<String, String> attributes = new LinkedHashMap<>();
        String name = "";
        List<String> captions = List.of();
        for (int i = 0; i < columns.size(); i++) {
            String value = row.fields().get(i);
            switch (columns.get(i)) {
                case FILE_NAME -> name = value;
                case TEXT -> captions = CaptionFiles.lines(value);
                default -> attributes.put(columns.get(i), value);
            }
        }
        lines.add(new Line(row.line(), path(name), captions, attributes));
    }

    private static String path(String name) {
        String path = FileNames.composed(name.replace('\\', '/'));
        while (path.startsWith("./")) {
            path = path.substring(2);
        }
        return path;
    }

    private DatasetException damaged(int number, String what) {
        return new DatasetException(
                String.format(
                        Locale.ROOT,
                        "%s, line %d: %s; correct or remove the line",
                        shown,
                        number,
                        what));
    }
}
