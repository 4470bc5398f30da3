package io.zigma.server.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.eclipse.jetty.util.URIUtil;

/** Which work answers which path. */
public final class Routes {

    /** Answers a request, at once or later. */
    @FunctionalInterface
    public interface Work {

        /**
         * Answers.
         *
         * @param exchange the request
         * @throws Exception which the client is told if it is an {@link HttpException} or a refusal
         *     of a request
         */
        void answer(Exchange exchange) throws Exception;
    }

    /**
     * One of them.
     *
     * @param method such as GET
     * @param pattern such as {@code /jobs/{id}}
     * @param open whether it needs no token
     * @param work what answers
     */
    public record Route(String method, String pattern, boolean open, Work work) {

        private Optional<Map<String, String>> match(String[] path) {
            String[] parts = pattern.split("/", -1);
            if (parts.length != path.length) {
                return Optional.empty();
            }
            Map<String, String> values = new HashMap<>();
            for (int i = 0; i < parts.length; i++) {
                if (parts[i].startsWith("{")) {
                    values.put(
                            parts[i].substring(1, parts[i].length() - 1),
                            URIUtil.decodePath(path[i]));
                } else if (!parts[i].equals(path[i])) {
                    return Optional.empty();
                }
            }
            return Optional.of(values);
        }
    }

    /**
     * A route with the values of its pattern.
     *
     * @param route the route
     * @param values name → part of the path
     */
    record Match(Route route, Map<String, String> values) {}

    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;

    private final List<Route> routes = new ArrayList<>();

    /**
     * Adds a route.
     *
     * @param method such as GET, which answers HEAD too
     * @param pattern a path; parts in braces are values
     * @param work what answers
     * @return this
     */
    public Routes on(String method, String pattern, Work work) {
        routes.add(new Route(method, pattern, false, work));
        return this;
    }

    /**
     * Adds a route that needs no token.
     *
     * @param pattern a path
     * @param work what answers a GET
     * @return this
     */
    public Routes open(String pattern, Work work) {
        routes.add(new Route("GET", pattern, true, work));
        return this;
    }

    /**
     * Returns all routes.
     *
     * @return in the order they were added
     */
    public List<Route> all() {
        return List.copyOf(routes);
    }

    /**
     * Finds the route of a request.
     *
     * @throws HttpException if there is none
     */
    Match find(String method, String path) {
        String asked = method.equals("HEAD") ? "GET" : method;
        String[] parts = path.split("/", -1);
        TreeSet<String> others = new TreeSet<>();
        for (Route route : routes) {
            Optional<Map<String, String>> values = route.match(parts);
            if (values.isPresent()) {
                if (route.method().equals(asked)) {
                    return new Match(route, values.get());
                }
                others.add(route.method());
            }
        }
        if (others.isEmpty()) {
            throw new HttpException(
                    NOT_FOUND, "there is nothing at this path; /openapi.json lists what is");
        }
        throw new HttpException(
                NOT_ALLOWED,
                "this path takes %s".formatted(String.join(", ", others)),
                Map.of("Allow", String.join(", ", others)));
    }
}
