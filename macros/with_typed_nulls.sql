{#
    The query of a model with an enforced contract; columns of another type that are null in all
    rows are cast to the contract's type. It queries no values of other columns.
#}
{% macro with_typed_nulls(sql) %}
    {% if not config.get("contract").enforced %} {{ return(sql) }} {% endif %}
    {% if not model["columns"] %}
        {% do exceptions.raise_compiler_error(
            model["name"]
            ~ " has no columns in a YAML file, and its contract is enforced: describe them"
            ~ " there, or begin the model with {{ config(contract={'enforced': false}) }}"
        ) %}
    {% endif %}
    {% set columns = get_column_schema_from_query(sql) %}
    {% set types = {} %}
    {% for column in get_column_schema_from_query(get_empty_schema_sql(model["columns"])) %}
        {% do types.update({column.name: column.dtype}) %}
    {% endfor %}
    {% set others = [] %}
    {% for column in columns if column.dtype != types.get(column.name, column.dtype) %}
        {% do others.append(column.name) %}
    {% endfor %}
    {% if not others %} {{ return(sql) }} {% endif %}
    {% set empty = columns_without_values(sql, others) %}
    {% if not empty %} {{ return(sql) }} {% endif %}
    {% set values = [] %}
    {% for column in columns %}
        {% set name = adapter.quote(column.name) %}
        {% set typed = "cast(" ~ name ~ " as " ~ types[column.name] ~ ") as " ~ name %}
        {% do values.append(typed if column.name in empty else name) %}
    {% endfor %}
    {{ return("select " ~ values | join(", ") ~ " from (" ~ sql ~ ") as untyped") }}
{% endmacro %}
